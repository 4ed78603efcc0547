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
  const { image, store, plan } = build
  const key = await imageKey(image, plan)
  const { disk, spec } = await specify(build)
  const saved = await ensureSnapshots(build, disk, spec)
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
