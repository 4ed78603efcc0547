import { link, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AntidoteError, type Step } from 'antidote'

/** A package that a transaction takes. */
export interface Package {
  name: string
  /** Where dnf looks for it. */
  path: string
  /** At mirrors, the best first; none where it is in a directory of this host. */
  urls: string[]
  sha256?: string
}

/** How many packages are fetched at a time. */
const PARALLEL = 6

/** Fetches a package from the first mirror that has it, into the store, and puts it where dnf looks. */
const fetchPackage = async (step: Step, { name, path, urls, sha256 }: Package): Promise<void> => {
  // one with another kind of sum dnf fetches and checks
  if (sha256 === undefined) return
  for (const [index, url] of urls.entries()) {
    try {
      const file = await step.download({ url, sha256 })
      await mkdir(dirname(path), { recursive: true })
      await link(file, path)
      return
    } catch (error) {
      step.signal.throwIfAborted()
      if (index === urls.length - 1 || !(error instanceof AntidoteError)) throw error
      step.log.warn(`${name}: ${error.message} The next mirror is asked.`)
    }
  }
}

/** Fetches packages that the store does not have yet. Throws DOWNLOAD_FAILED or CHECKSUM_MISMATCH. */
export const fetchPackages = async (step: Step, packages: readonly Package[]): Promise<void> => {
  const waiting = [...packages]
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await fetchPackage(step, next)
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
}
