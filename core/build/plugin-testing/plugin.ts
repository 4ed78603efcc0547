import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import type { Tree } from '../../base/model/artifact.ts'
import type { Image } from '../../contract/config/image.ts'
import type { PluginList } from '../../contract/config/input.ts'
import { validateImage } from '../../contract/config/validate.ts'
import { definePlugin } from '../../contract/plugin/plugin.ts'
import { TOOLBOX_TREE } from '../../contract/plugin/toolset.ts'
import type { Guest } from '../../machine/guest/guest.ts'
import { TreeGuest } from '../../machine/guest/tree.ts'
import { storeDirectory } from '../../store/read.ts'
import { Store } from '../../store/store.ts'
import { Build } from '../build.ts'
import type { BuildEvent } from '../events.ts'
import { createLifecycle } from '../lifecycle.ts'
import { BuildLog } from '../log.ts'
import { planImage } from '../plan.ts'
import { mountTree } from '../tree-mount.ts'

/** How a plugin is tested. */
export interface PluginTestOptions {
  /** The last stage that runs; `provision` if left out. */
  until?: 'kernel' | 'rootfs' | 'provision'
  /** The image's directory, for what the plugin reads there; the working directory if left out. */
  directory?: string
  /** The image's name; `plugin-test` if left out. */
  name?: string
}

/** What the taps of a plugin made. */
export interface PluginTest {
  /** Looks at the tree; what it changes is thrown away. */
  readonly guest: Guest
  readonly tree: Tree
  /** What the taps and their commands wrote to the log, line by line. */
  readonly lines: readonly string[]
}

/** A small Debian tree that is in the store anyway: nothing is copied. */
const base = definePlugin({
  name: 'antidote-test-tree',
  version: '1',
  apply: ({ bootstrap }) =>
    bootstrap.tap('tree', async (_, step) => {
      // makes the toolbox where the store has none
      await step.run(['true'])
      return TOOLBOX_TREE
    }),
})

const imageOf = (use: PluginList, options: PluginTestOptions): Image => {
  const { directory = process.cwd(), name = 'plugin-test' } = options
  const on = (...plugins: PluginList[]) =>
    validateImage(join(directory, 'antidote.config.ts'), { name, use: plugins })
  const image = on(base, use)
  const bootstraps = createLifecycle(image).taps.bootstrap.some(({ plugin }) => plugin !== base.name)
  return bootstraps ? on(use) : image
}

/** What a test says of something that takes longer than a test should. */
export const announcement = (event: BuildEvent): string | undefined => {
  if (event.type !== 'step' || event.stage !== 'toolbox') return undefined
  if (event.state === 'waiting')
    return 'Another process makes the tools of antidote; this test waits for them.'
  if (event.state !== 'start') return undefined
  return 'antidote makes its tools, once on this host: a minute and a half on a quiet machine, and 540 MB.'
}

/**
 * The key of each tap of a plugin, by `stage › plugin › tap`; nothing runs. Two calls with other options show which taps
 * depend on them.
 */
export const pluginKeys = (use: PluginList, options: PluginTestOptions = {}): Record<string, string> => {
  const image = imageOf(use, options)
  const own = new Set(image.plugins.filter((plugin) => plugin !== base).map(({ name }) => name))
  const steps = Object.values(
    planImage(image, createLifecycle(image), { directory: storeDirectory() }),
  ).flat()
  return Object.fromEntries(
    steps
      .filter(({ tap }) => own.has(tap.plugin))
      .map(({ stage, tap, key }) => [`${stage} › ${tap.plugin} › ${tap.name}`, key]),
  )
}

/**
 * Runs a plugin's taps for real, without a machine: on a small Debian tree, or on its own where it has a tap on the
 * bootstrap. They run each time, whatever the store has; needs are taken from the store. Calls `check` with the result,
 * cleans up, and gives what `check` gives. Throws what a build throws, and PLUGIN_TEST_DISK.
 */
export const testPlugin = async <T>(
  use: PluginList,
  check: (test: PluginTest) => T | Promise<T>,
  options: PluginTestOptions = {},
): Promise<T> => {
  const { until = 'provision' } = options
  const image = imageOf(use, options)
  const { signal } = new AbortController()
  const store = await new Store().open()
  const inUse = await store.lock('store', { shared: true, signal })
  const log = new BuildLog(store.directory, image.name)
  const lines: string[] = []
  const report = (event: BuildEvent) => {
    if (event.type === 'line' || event.type === 'info' || event.type === 'warn') lines.push(event.text)
    const word = announcement(event)
    if (word) process.stderr.write(`${word}\n`)
  }
  const directory = await mkdtemp(join(store.directory, 'tmp', 'plugin-test-'))
  try {
    const build = new Build(image, store, { report, log, signal, from: 'bootstrap', history: false })
    const tree = await build.artifact(until)
    if (tree.kind !== 'tree') throw errors.noTreeToTest(until)
    const part = (name: string) => join(directory, name)
    const directories = { upper: part('upper'), work: part('work'), scaffold: part('scaffold') }
    const { mount } = await mountTree(store, tree, directories, await build.maker.network())
    return await check({ guest: new TreeGuest({ ...mount, signal }), tree, lines })
  } finally {
    await store.deleteTemporary(directory)
    await log.close()
    await inUse?.release()
  }
}
