import type { Image } from '../../contract/config/image.ts'
import { sourceDate } from '../../publish/source-date.ts'
import type { Check } from './preflight.ts'

/** The time that the image will carry can be known. */
export const sourceDateKnown =
  (image: Image): Check =>
  async (signal) => {
    await sourceDate(image, { files: [], signal })
    return []
  }
