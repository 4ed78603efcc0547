import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import type { Logger } from '../base/model/logger.ts'
import { converterOf } from '../build/disk/import/convert.ts'
import { importDisk } from '../build/disk/import/import.ts'
import { sumOf } from '../build/disk/import/locate.ts'
import type { ImportStep } from '../build/disk/import/types.ts'
import { download } from '../store/download/download.ts'
import type { Store } from '../store/store.ts'
import type { Toolbox } from '../store/toolbox/toolbox.ts'
import { completedManifest, type Delta } from './oci/delta.ts'
import { compressorOf, type Layer, writeLayer } from './oci/layer.ts'

/** What a layer is made with. */
export interface Workshop {
  store: Store
  toolbox: Toolbox
  /** A directory whose files are gone afterwards. */
  work: string
  log: Logger
  signal: AbortSignal
}

/** What an import takes for a step: its files go into a directory of the workshop. */
const importStep = async ({ store, toolbox, work, log, signal }: Workshop): Promise<ImportStep> => {
  const [out, own] = [join(work, 'out'), join(work, 'import')]
  await mkdir(out)
  await mkdir(own)
  const onLine = (line: string) => log.line(line)
  return {
    directory: process.cwd(),
    signal,
    log,
    out,
    work: own,
    run: (argv, options = {}) =>
      toolbox.run(argv, { signal, onLine, ...options, writable: [out, own, ...(options.writable ?? [])] }),
    download: (file) => download(store, file, { signal, onProgress: (text) => log.info(text) }),
    ref: (path) => ({ step: '', path }),
  }
}

const differs = async (
  disk: string,
  { digest, diffId }: Layer,
  { missing, config }: Delta,
  place: number,
  { toolbox }: Workshop,
) => {
  const run: Toolbox['run'] = (argv, options) => toolbox.run(argv, options)
  const { rootfs } = JSON.parse(config) as { rootfs: { diff_ids: string[] } }
  const told = (what: string, then: string, now: string) =>
    then === now ? `${what} by the same ${now}` : `${what} by ${then} when it was published, by ${now} here`
  return errors.hydrateDiffers(disk, digest, missing.digest, [
    rootfs.diff_ids[place] === diffId
      ? 'the disk is the same; it is compressed to other bytes'
      : 'the disk is another already before it is compressed',
    told('converted', missing.disk.converter, await converterOf(run)),
    told('compressed', missing.compressor, await compressorOf(missing.compression, run)),
  ])
}

/**
 * Makes the layer that a delta misses out of a vendor's disk, into the `layer` directory of the workshop. Throws
 * DISK_IMAGE_MISSING and HYDRATE_DISK before anything is made, HYDRATE_DIFFERS where the layer is not the recorded one,
 * and what an import throws.
 */
export const makeVendorLayer = async (
  disk: string,
  delta: Delta,
  image: string,
  workshop: Workshop,
): Promise<{ directory: string; layer: Layer }> => {
  const { missing } = delta
  const { name, sha256, format } = missing.disk
  const step = await importStep(workshop)
  const got = await sumOf(step, disk)
  if (got !== sha256) throw errors.hydrateDisk(disk, image, sha256, got, name)
  const { chain } = await importDisk(step, { path: disk, ...(format && { format }) })
  const directory = join(workshop.work, 'layer')
  workshop.log.info(`packing ${name}`)
  const layer = await writeLayer(
    [{ path: missing.path, source: join(step.out, chain[0]!.path), mode: 0o644 }],
    {
      role: 'disk',
      compression: missing.compression,
      level: missing.level,
      directory,
      run: (argv, options) => workshop.toolbox.run(argv, { ...options, writable: [directory] }),
      signal: workshop.signal,
    },
  )
  const place = completedManifest(delta).layers.findIndex(({ digest }) => digest === missing.digest)
  if (layer.digest !== missing.digest) throw await differs(disk, layer, delta, place, workshop)
  return { directory, layer }
}
