import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errors } from '../base/errors/catalogue.ts'
import { sha256File } from '../base/files/digest.ts'
import type { Disk } from '../base/model/artifact.ts'
import type { FileRef } from '../base/model/file-ref.ts'
import type { Build } from '../build/build.ts'
import { planNeed } from '../build/plan.ts'
import type { Image } from '../contract/config/image.ts'
import type { Need } from '../contract/plugin/stages.ts'
import type { Step } from '../contract/plugin/step.ts'
import { DEFAULT_LEVELS, importBlob, type Layer, writeLayer } from './oci/layer.ts'
import type { LayerPlan } from './oci/machine-layers.ts'
import { cutRuntime } from './oci/runtime.ts'
import { RUNTIME_FILES, RUNTIME_PROGRAMS, runtimeEtc } from './oci/runtime-files.ts'
import type { LayerFile } from './oci/tar.ts'

/** The launcher in one file, as the package is built. */
const LAUNCHER = fileURLToPath(new URL('../launcher/launcher.mjs', import.meta.url))

/** zstd's levels: 19 would take 5 MB off the runtime and a minute and a half more; a machine is packed often. */
const LEVELS = { runtime: 12, machine: 9 }

/** Writes one layer into a step's own directory, with its description beside it. */
const pack = async (
  step: Step,
  build: Build,
  role: string,
  files: readonly LayerFile[],
  level: number,
): Promise<void> => {
  const compression = build.image.config.layers
  const toolbox = await build.maker.toolbox()
  const layer = await writeLayer(files, {
    role,
    compression,
    ...(compression === 'zstd' && { level }),
    directory: step.out,
    run: (argv, options) => toolbox.run(argv, { ...options, writable: [step.out] }),
    signal: step.signal,
  })
  await writeFile(join(step.out, 'layer.json'), JSON.stringify(layer))
}

/** What the runtime layer is made from, the toolbox apart. Throws LAUNCHER_NOT_BUILT. */
export const runtimeInputs = async ({ config }: Image) => ({
  compression: config.layers,
  launcher: await sha256File(LAUNCHER).catch(() => {
    throw errors.launcherNotBuilt(LAUNCHER)
  }),
  programs: RUNTIME_PROGRAMS,
  files: RUNTIME_FILES,
  etc: runtimeEtc,
  level: LEVELS.runtime,
})

/** How the layers of a machine are packed, whatever is in them. */
export const machineInputs = ({ config }: Image) => ({ compression: config.layers, level: LEVELS.machine })

/** How the layer of a disk is compressed. */
export const diskPacking = ({ config }: Image) => ({
  compression: config.layers,
  level: config.layers === 'zstd' ? LEVELS.machine : DEFAULT_LEVELS.gzip,
})

const runtimeLayer = async (build: Build): Promise<Need> => ({
  name: 'runtime layer',
  version: '1',
  inputs: await runtimeInputs(build.image),
  make: async (step) => {
    const toolbox = await build.maker.toolbox()
    const files = await cutRuntime(toolbox.tree, LAUNCHER, (argv, options) => toolbox.run(argv, options))
    await pack(step, build, 'runtime', files, LEVELS.runtime)
  },
})

/** The files of the store that a disk is made of. */
export const filesOf = ({ chain, boot }: Disk): FileRef[] =>
  [...chain, boot?.kernel, boot?.initrd].filter((ref) => ref !== undefined)

const machineLayer = (
  build: Build,
  { role, files }: LayerPlan,
  refs: readonly FileRef[],
  disk: string,
): Need => {
  const { store } = build
  const sources = files.flatMap((file) => ('source' in file ? [file.source] : []))
  const inputs = {
    ...machineInputs(build.image),
    disk,
    // where files of the store come from is in the disk's key, and of a saved machine in their path
    files: files.map((file) => ({
      path: file.path,
      ...('content' in file && { content: String(file.content) }),
    })),
  }
  return {
    name: `${role} layer`,
    version: '1',
    inputs,
    make: async (step) => {
      for (const ref of refs)
        if (sources.includes(store.path(ref))) await store.checkContent(ref, step.signal)
      await pack(step, build, role, files, LEVELS.machine)
    },
  }
}

/**
 * Puts the runtime and the layers of a machine into a layout; what the store has is not packed again. `refs` are the
 * store's files among theirs, whose contents are checked; `disk` is the disk's key.
 */
export const packLayers = async (
  build: Build,
  refs: readonly FileRef[],
  disk: string,
  plans: readonly LayerPlan[],
  directory: string,
): Promise<Layer[]> => {
  const { store, maker } = build
  const marked = plans.map((plan) => [machineLayer(build, plan, refs, disk), plan.redistributable] as const)
  const layers: Layer[] = []
  for (const [need, redistributable] of [[await runtimeLayer(build), undefined] as const, ...marked]) {
    const { key } = await maker.need(planNeed(build, 'publish', 'antidote', need))
    const entry = store.entryDirectory(key)
    const layer = JSON.parse(await readFile(join(entry, 'layer.json'), 'utf8')) as Layer
    await importBlob(layer.digest, entry, directory)
    layers.push({ ...layer, ...(redistributable === false && { redistributable }) })
  }
  return layers
}
