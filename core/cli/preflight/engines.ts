import type { Run } from '../../base/process/run.ts'
import { askEngines } from '../../publish/oci/engines.ts'
import type { Check } from './preflight.ts'

/** `--load`: an engine answers. Warns of one that does not. */
export const engines =
  (host?: Run): Check =>
  async (signal) => {
    const { usable, dead } = await askEngines(host, signal)
    return dead.map(({ engine, lines }) => {
      const reason =
        lines
          .at(-1)
          ?.trim()
          .replace(/(?<![.?!])$/, '.') ?? ''
      return `${engine} is here but does not answer, so the image is loaded into ${usable.join(' and ')} only: ${reason}`
    })
  }
