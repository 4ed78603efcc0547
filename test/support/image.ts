import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Build, type BuildOptions } from '../../core/build/build.ts'
import type { BuildEvent } from '../../core/build/events.ts'
import { createLifecycle } from '../../core/build/lifecycle.ts'
import { BuildLog } from '../../core/build/log.ts'
import { planImage } from '../../core/build/plan.ts'
import type { Image } from '../../core/contract/config/image.ts'
import type { ImageInput } from '../../core/contract/config/input.ts'
import { imageSchema } from '../../core/contract/config/schema.ts'
import { definePlugin, type Plugin, type PluginHooks } from '../../core/contract/plugin/plugin.ts'
import { Store } from '../../core/store/store.ts'
import { temporary } from './directory.ts'

/** An image of these plugins, as the config loader gives it. */
export const imageOf = (use: Plugin[], input: Partial<ImageInput> = {}, directory = '/nowhere'): Image => {
  const config = imageSchema.parse({ name: 'img', ...input, use })
  return { name: config.name, directory, file: join(directory, 'antidote.config.ts'), config, plugins: use }
}

export const plugin = (apply: (hooks: PluginHooks) => void, extra: Partial<Plugin> = {}): Plugin =>
  definePlugin({ name: 'test', version: '1', ...extra, apply })

/** A bootstrap that needs no tool: a disk of one file. `ran` is called each time it really runs. */
export const disk = (ran: () => void = () => {}, options: unknown = {}): Plugin =>
  plugin(
    ({ bootstrap }) =>
      bootstrap.tap('disk', (_, step) => {
        ran()
        writeFileSync(join(step.out, 'disk'), JSON.stringify(options))
        return { kind: 'disk', chain: [step.ref('disk')] }
      }),
    { name: 'disk', options },
  )

/** A plugin whose tap at each of these stages notes that it ran and passes its subject on. */
export const passing = (
  name: string,
  stages: ('kernel' | 'rootfs' | 'provision' | 'qcow2')[],
  ran: string[],
  options: unknown = {},
): Plugin =>
  plugin(
    (hooks) => {
      for (const stage of stages) {
        const hook = hooks[stage] as PluginHooks['qcow2']
        hook.tap('pass', (subject) => {
          ran.push(`${stage} ${name}`)
          return subject
        })
      }
    },
    { name, options },
  )

export const planOf = (image: Image) => planImage(image, createLifecycle(image), { directory: '/nowhere' })

/** The key of each step, by "stage plugin tap". */
export const keysOf = (image: Image): Record<string, string> =>
  Object.fromEntries(
    Object.values(planOf(image)).flatMap((steps) =>
      steps.map(({ stage, tap, key }) => [`${stage} ${tap.plugin} ${tap.name}`, key]),
    ),
  )

export const newStore = (): Promise<Store> => new Store(join(temporary(), 'store')).open()

/** A build with what it told. Every build gets a store object of its own, as every process has. */
export const buildOf = async (image: Image, { directory }: Store, options: Partial<BuildOptions> = {}) => {
  const store = await new Store(directory).open()
  const events: BuildEvent[] = []
  const log = new BuildLog(directory, image.name)
  onTestFinished(() => log.close())
  const build = new Build(image, store, {
    report: (event) => events.push(event),
    log,
    signal: new AbortController().signal,
    ...options,
  })
  return { build, events, log, store }
}

/** "plugin tap: state" of every step a build told about. */
export const stepsOf = (events: readonly BuildEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'step' ? [`${event.plugin} ${event.tap}: ${event.state}`] : []))
