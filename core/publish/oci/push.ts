import { errors } from '../../base/errors/catalogue.ts'
import type { Layout } from '../../base/model/layout.ts'
import { LAYOUT_VIEW } from './archive.ts'
import { formatReference, parseReference } from './reference.ts'
import { askRegistry, type RegistryOptions } from './registry.ts'

/**
 * Pushes an image layout to a registry as it is, digests included, and gives the reference it has there. A vendor's bits
 * go there only with `redistribute`. Throws VENDOR_BITS, REFERENCE_INVALID, REGISTRY_MISSING, REGISTRY_DENIED, REGISTRY_UNREACHABLE,
 * REGISTRY_INSECURE, REGISTRY_FAILED.
 */
export const pushImage = async (
  layout: Layout,
  to: string,
  { redistribute, ...options }: RegistryOptions & { redistribute?: boolean | undefined },
): Promise<string> => {
  if (!redistribute && layout.layers.some(({ redistributable }) => !redistributable))
    throw errors.vendorBits(layout.name, to)
  const asked = { ...options, verb: 'copy to', views: { [LAYOUT_VIEW]: layout.directory }, own: true }
  await askRegistry(to, asked, ({ place, options: reach }) => [
    'copy',
    '--preserve-digests',
    ...reach('dest-'),
    `oci:${LAYOUT_VIEW}${layout.refs[0] ? `:${layout.refs[0]}` : ''}`,
    place,
  ])
  return formatReference(parseReference(to))
}
