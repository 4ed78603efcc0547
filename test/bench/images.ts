import { megabytes, type Row } from './measure.ts'
import type { Published } from './podman.ts'

/** What an image weighs as it travels, of this repository's own and of a minimal one. */
export const sizeRows = (utility: Published, minimal: Published): Row[] => {
  const total = ({ layers }: Published) => layers.reduce((sum, { bytes }) => sum + bytes, 0)
  const runtime = (image: Published) => image.layers.find(({ role }) => role === 'runtime')!
  const digests = new Set([utility, minimal].map((image) => runtime(image).digest))
  return [
    megabytes('runtime layer, compressed', runtime(minimal).bytes, 65),
    {
      what: 'digests of the runtime layer in two images',
      value: String(digests.size),
      limit: '1',
      ok: digests.size === 1,
    },
    megabytes('utility image, compressed', total(utility), 250),
    megabytes('minimal Debian image, compressed', total(minimal), 140),
  ]
}
