import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { sha256 } from '../base/files/digest.ts'
import type { Layout } from '../base/model/layout.ts'
import type { MachineSpec } from '../base/model/machine-spec.ts'
import { specify } from '../build/boot.ts'
import type { Build } from '../build/build.ts'
import type { TestsWanted } from '../build/run-tests.ts'
import { imageKey } from './image-key.ts'
import { filesOf, packLayers } from './layers.ts'
import { writeLayout } from './oci/layout.ts'
import { machineLayers } from './oci/machine-layers.ts'
import { parseReference } from './oci/reference.ts'
import { ENTRYPOINT } from './oci/runtime.ts'
import { ensureSnapshots } from './snapshot.ts'
import { testSnapshots } from './snapshot-tests.ts'
import { sourceDate, sourceFiles } from './source-date.ts'
import { withoutVendor } from './vendor-disk.ts'

/** What the container needs of a machine: who logs in by which password is nobody's business there. */
const withoutPassword = (spec: MachineSpec): MachineSpec => ({
  ...spec,
  login: { ...spec.login, password: '' },
})

/** How an image is packed. */
export interface Packing {
  /** Whether the tests of the image run on its saved machines first. */
  tests?: TestsWanted
  /** The version, if a name of the image says it. */
  version?: string | undefined
  /** Leave the vendor's disk out. */
  withoutVendorDisk?: boolean | undefined
}

/** The same image without its saved machine: the memory of a vendor's system may be passed on no more than its disk. */
const unsaved = (spec: MachineSpec, key: string): { spec: MachineSpec; key: string } =>
  spec.snapshot
    ? { spec: { ...spec, snapshot: false }, key: sha256(`${key}\0without its saved machine`) }
    : { spec, key }

/** Packs the image as an OCI layout in a directory; layers that the store has are not packed again. Throws DISK_FULL. */
export const packImage = async (
  build: Build,
  directory: string,
  refs: readonly string[],
  { tests = 'never', version, withoutVendorDisk }: Packing = {},
): Promise<Layout> => {
  for (const ref of refs) parseReference(ref)
  const { image, store, plan } = build
  const { disk, spec: whole } = await specify(build)
  const wholeKey = await imageKey(image, plan)
  const { spec, key } = withoutVendorDisk ? unsaved(whole, wholeKey) : { spec: whole, key: wholeKey }
  const saved = await testSnapshots(build, disk, spec, await ensureSnapshots(build, disk, spec), tests)
  const { tree } = await build.maker.toolbox()
  const plans = machineLayers(disk, withoutPassword(spec), (ref) => store.path(ref), saved, tree)
  const files = [...filesOf(disk), ...saved.flatMap(({ files }) => files)]
  const { name, config } = image
  const { description, labels } = config
  const created = await sourceDate(image, { files: sourceFiles(plan), signal: build.options.signal })
  const { ports, deadline } = spec
  const { user } = spec.login
  const known = { name, description, version: version ?? config.version ?? 'latest', created, labels }
  const said = { ...known, kind: 'machine', user, ports, deadline, key }
  const redistributable = disk.vendor && ({ redistributable: false } as const)
  const described = { ...said, ...redistributable, entrypoint: ENTRYPOINT }
  const fresh = !existsSync(directory)
  try {
    const layers = await packLayers(build, files, disk.key, plans, directory)
    const layout = await writeLayout(directory, described, refs, layers)
    return withoutVendorDisk ? await withoutVendor(build, disk, layout, layers) : layout
  } catch (error) {
    if (fresh) await rm(directory, { recursive: true, force: true })
    throw error
  }
}
