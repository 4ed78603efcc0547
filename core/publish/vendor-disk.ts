import { errors } from '../base/errors/catalogue.ts'
import type { Disk } from '../base/model/artifact.ts'
import type { Layout } from '../base/model/layout.ts'
import type { Build } from '../build/build.ts'
import { diskPacking } from './layers.ts'
import { leaveOut, type MissingLayer } from './oci/delta.ts'
import { compressorOf, type Layer } from './oci/layer.ts'
import { isSeparate, MACHINE_DIRECTORY, placeOf } from './oci/machine-layers.ts'

/** Ends a build, as early as it is known, that would end in a push of a vendor's bits. */
export const refuseVendor = (build: Build, to: string): void =>
  build.watch((artifact) => {
    if (artifact.kind === 'disk' && artifact.vendor) throw errors.vendorBits(build.image.name, to)
  })

/** Ends a build as early as it is known that the vendor's disk cannot be left out. */
export const wantSeparate = (build: Build): void =>
  build.watch((artifact) => {
    if (artifact.kind !== 'disk') return
    const { name } = build.image
    if (!artifact.vendor) throw errors.vendorNone(name)
    if (!isSeparate(artifact)) throw errors.vendorMixed(name, artifact.vendor.name)
  })

/** Takes the vendor's disk out of an image that was packed, and leaves in it how the layer is made. */
export const withoutVendor = async (
  build: Build,
  { chain, vendor }: Disk,
  layout: Layout,
  layers: readonly Layer[],
): Promise<Layout> => {
  const { file, name, sha256, format, converter } = vendor!
  const index = chain.findIndex((ref) => placeOf(ref) === placeOf(file))
  const { digest } = layers.filter(({ role }) => role === 'disk')[index]!
  const packing = diskPacking(build.image)
  const toolbox = await build.maker.toolbox()
  const missing: MissingLayer = {
    digest,
    path: `${MACHINE_DIRECTORY}/${placeOf(file)}`,
    ...packing,
    compressor: await compressorOf(packing.compression, (argv, options) => toolbox.run(argv, options)),
    disk: { name, sha256, ...(format && { format }), converter },
  }
  return leaveOut(layout, missing)
}
