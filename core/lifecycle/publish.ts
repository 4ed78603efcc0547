import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sha256File } from '../digest.ts'
import { errors } from '../errors/catalogue.ts'
import type { MachineSpec } from '../machine/spec.ts'
import { importLayer, type Layer, writeLayer } from '../oci/layer.ts'
import { type Layout, writeLayout } from '../oci/layout.ts'
import { type LayerPlan, machineLayers } from '../oci/machine-layers.ts'
import { parseReference } from '../oci/reference.ts'
import { cutRuntime, ENTRYPOINT } from '../oci/runtime.ts'
import { RUNTIME_FILES, RUNTIME_PROGRAMS } from '../oci/runtime-files.ts'
import type { LayerFile } from '../oci/tar.ts'
import type { Disk } from './artifact.ts'
import { specify } from './boot.ts'
import type { Build } from './build.ts'
import { planNeed } from './plan.ts'
import type { Need } from './stages.ts'
import type { Step } from './step.ts'

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

const runtimeLayer = async (build: Build): Promise<Need> => {
  const compression = build.image.config.layers
  const launcher = await sha256File(LAUNCHER).catch(() => {
    throw errors.launcherNotBuilt(LAUNCHER)
  })
  return {
    name: 'runtime layer',
    version: '1',
    inputs: {
      compression,
      launcher,
      programs: RUNTIME_PROGRAMS,
      files: RUNTIME_FILES,
      level: LEVELS.runtime,
    },
    make: async (step) => {
      const toolbox = await build.maker.toolbox()
      const files = await cutRuntime(toolbox.tree, LAUNCHER, (argv, options) => toolbox.run(argv, options))
      await pack(step, build, 'runtime', files, LEVELS.runtime)
    },
  }
}

const machineLayer = (build: Build, { role, files }: LayerPlan, disk: Disk): Need => {
  const { store } = build
  const sources = files.flatMap((file) => ('source' in file ? [file.source] : []))
  const refs = [...disk.chain, disk.boot?.kernel, disk.boot?.initrd].filter((ref) => ref !== undefined)
  const inputs = {
    compression: build.image.config.layers,
    level: LEVELS.machine,
    disk: disk.key,
    // where files of the store come from is in the disk's key
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

/** What the container needs of a machine: who logs in by which password is nobody's business there. */
const withoutPassword = (spec: MachineSpec): MachineSpec => ({
  ...spec,
  login: { ...spec.login, password: '' },
})

/** Packs the image as an OCI layout in a directory; layers that the store has are not packed again. */
export const packImage = async (
  build: Build,
  directory: string,
  refs: readonly string[],
): Promise<Layout> => {
  for (const ref of refs) parseReference(ref)
  const { disk, spec } = await specify(build)
  const { image, store, maker } = build
  const plans = machineLayers(disk, withoutPassword(spec), (ref) => store.path(ref))
  const needs = [await runtimeLayer(build), ...plans.map((plan) => machineLayer(build, plan, disk))]
  const layers: Layer[] = []
  for (const need of needs) {
    const { key } = await maker.need(planNeed(image, 'publish', 'antidote', need))
    const entry = store.entryDirectory(key)
    const layer = JSON.parse(await readFile(join(entry, 'layer.json'), 'utf8')) as Layer
    await importLayer(layer, entry, directory)
    layers.push(layer)
  }
  const { name, config } = image
  const { description, version = 'latest', labels } = config
  return writeLayout(
    directory,
    {
      name,
      description,
      version,
      labels,
      kind: 'machine',
      user: spec.login.user,
      ports: spec.ports,
      entrypoint: ENTRYPOINT,
    },
    refs,
    layers,
  )
}
