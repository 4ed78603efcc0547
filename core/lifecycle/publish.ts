import type { MachineSpec } from '../machine/spec.ts'
import { type Layout, writeLayout } from '../oci/layout.ts'
import { machineLayers } from '../oci/machine-layers.ts'
import { parseReference } from '../oci/reference.ts'
import { ENTRYPOINT } from '../oci/runtime.ts'
import { specify } from './boot.ts'
import type { Build } from './build.ts'
import { imageKey } from './image-key.ts'
import { filesOf, packLayers } from './layers.ts'
import { ensureSnapshots } from './snapshot.ts'
import { testSnapshots } from './snapshot-tests.ts'
import type { TestsWanted } from './testing.ts'

/** What the container needs of a machine: who logs in by which password is nobody's business there. */
const withoutPassword = (spec: MachineSpec): MachineSpec => ({
  ...spec,
  login: { ...spec.login, password: '' },
})

/**
 * Packs the image as an OCI layout in a directory; layers that the store has are not packed again. `tests` says whether
 * those of the image run on its saved machines first.
 */
export const packImage = async (
  build: Build,
  directory: string,
  refs: readonly string[],
  tests: TestsWanted = 'never',
): Promise<Layout> => {
  for (const ref of refs) parseReference(ref)
  const { image, store, plan } = build
  const key = await imageKey(image, plan)
  const { disk, spec } = await specify(build)
  const saved = await testSnapshots(build, disk, spec, await ensureSnapshots(build, disk, spec), tests)
  const plans = machineLayers(disk, withoutPassword(spec), (ref) => store.path(ref), saved)
  const layers = await packLayers(
    build,
    [...filesOf(disk), ...saved.flatMap(({ files }) => files)],
    disk.key,
    plans,
    directory,
  )
  const { name, config } = image
  const { description, version = 'latest', labels } = config
  const { ports, deadline } = spec
  const { user } = spec.login
  const said = { name, description, version, labels, kind: 'machine', user, ports, deadline, key }
  return writeLayout(directory, { ...said, entrypoint: ENTRYPOINT }, refs, layers)
}
