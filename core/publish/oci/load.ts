import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError } from '../../base/errors/error.ts'
import { randomName } from '../../base/files/digest.ts'
import type { Layout } from '../../base/model/layout.ts'
import { type Run, run as runOnHost } from '../../base/process/run.ts'
import type { Tools } from '../../base/process/tools.ts'
import { tellsOfFullDisk } from '../../store/full.ts'
import { writeArchive } from './archive.ts'
import { askEngines, type Engine } from './engines.ts'

/** How an image is loaded. */
export interface LoadOptions {
  /** Where skopeo runs. */
  run: Tools['run']
  /** Where podman and docker run: the host, whose engines they are. */
  host?: Run
  /** The image as an archive, where there is one already. */
  archive?: string | undefined
  signal?: AbortSignal
  onLine?: (line: string) => void
}

const loadInto = async (engine: Engine, archive: string, layout: Layout, options: LoadOptions) => {
  const { host = runOnHost, signal, onLine } = options
  try {
    // relative to its directory: podman takes no path with a colon
    const argv = [engine, 'load', '--input', basename(archive)]
    await host(argv, { cwd: dirname(archive), signal, ...(onLine && { onLine }) })
  } catch (error) {
    if (!isAntidoteError(error) || error.code !== 'COMMAND_FAILED') throw error
    throw errors.loadFailed(
      engine,
      layout.refs[0] ?? layout.name,
      layout.directory,
      tellsOfFullDisk(error),
      error.details.lines ?? [],
    )
  }
}

/**
 * Loads an image into every container engine of the host that answers, and says into which.
 * Throws ENGINE_MISSING where there is none, ENGINE_UNREACHABLE where none answers, LOAD_FAILED.
 */
export const loadImage = async (layout: Layout, options: LoadOptions): Promise<Engine[]> => {
  const { usable } = await askEngines(options.host, options.signal)
  const archive = options.archive ?? join(layout.directory, `.${randomName()}.tar`)
  try {
    if (!options.archive) await writeArchive(layout, archive, options)
    for (const engine of usable) await loadInto(engine, archive, layout, options)
  } finally {
    if (!options.archive) await rm(archive, { force: true })
  }
  return usable
}
