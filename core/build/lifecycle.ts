import { errors } from '../base/errors/catalogue.ts'
import { describeValue } from '../base/validation/explain-issue.ts'
import type { Image } from '../contract/config/image.ts'
import type { Plugin, PluginHooks, TapOptions } from '../contract/plugin/plugin.ts'
import {
  createHooks,
  type Driver,
  type Hooks,
  type Stage,
  stageNames,
  type Tap,
} from '../contract/plugin/stages.ts'
import { attributeApply } from './attribute.ts'
import { coreFirst, coreLast } from './defaults/index.ts'

/** The hooks of one image with every tap in place, and the taps in the order in which they run. */
export interface Lifecycle {
  readonly hooks: Hooks
  readonly taps: Readonly<Record<Stage, readonly Tap[]>>
}

/** Applies the core's defaults and the image's plugins. The order of `use` is the order of the taps. */
export const createLifecycle = (image: Image): Lifecycle => {
  const hooks = createHooks()
  const taps = Object.fromEntries(stageNames.map((stage) => [stage, [] as Tap[]])) as Record<Stage, Tap[]>
  for (const stage of stageNames) {
    // nobody calls a tap directly: the driver decides, and knows whose it is
    hooks[stage].intercept({
      register: (registered) => {
        const { tap } = registered as unknown as { tap: Tap }
        taps[stage].push(tap)
        return { ...registered, fn: (subject: unknown, driver: Driver) => driver.tap(tap, subject) }
      },
    })
  }
  const { name, directory } = image
  for (const plugin of [...coreFirst(image), ...image.plugins, ...coreLast(image)]) {
    attributeApply(image, plugin.name, () => plugin.apply(facade(hooks, plugin), { name, directory }))
  }
  if (taps.bootstrap.length === 0 && !image.elsewhere) throw errors.noBootstrap(image.name)
  return { hooks, taps }
}

const facade = (hooks: Hooks, plugin: Plugin): PluginHooks =>
  Object.fromEntries(
    stageNames.map((stage) => [
      stage,
      {
        tap: (options: TapOptions, fn: Tap['fn']) => {
          const {
            name,
            inputs,
            files = [],
            needs = {},
            when,
            configures,
          } = typeof options === 'string' ? { name: options } : options
          if (!name) throw errors.tapInvalid(plugin.name, stage, 'has no name')
          if (typeof fn !== 'function')
            throw errors.tapInvalid(plugin.name, stage, `has no function, but ${describeValue(fn)}`)
          const tap: Tap = {
            stage,
            plugin: plugin.name,
            version: plugin.version,
            name,
            inputs: inputs === undefined ? plugin.options : inputs,
            files,
            needs,
            when,
            configures,
            fn,
          }
          // the interceptor replaces this function with the driver
          hooks[stage].tapPromise({ name: `${plugin.name}:${name}`, tap } as never, async () => undefined)
        },
      },
    ]),
  ) as unknown as PluginHooks
