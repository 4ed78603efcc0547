import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { openImage } from '../../publish/oci/open-image.ts'
import type { StandingImage } from '../../publish/oci/read-layout.ts'
import { Toolbox } from '../../store/toolbox/toolbox.ts'
import { say } from '../terminal/output.ts'
import type { Workplace } from './with-build.ts'

/** An image that was opened, and what to read it with. */
export interface Opened {
  image: StandingImage
  toolbox: Toolbox
  /** A directory that is gone afterwards. */
  work: string
}

/** Opens an image wherever it stands, lends it, and leaves no copy behind. */
export const withOpened = async <T>(
  source: string,
  { store, signal }: Workplace,
  insecure: boolean | undefined,
  act: (opened: Opened) => Promise<T>,
): Promise<T> => {
  // what it gives up for is told by the error
  const onLine = (line: string) => line.includes('level=fatal') || say(`${line}\n`)
  const toolbox = await Toolbox.ensure(store, { signal, onLine })
  const work = await mkdtemp(join(store.directory, 'tmp', 'image-'))
  try {
    const run = toolbox.run.bind(toolbox)
    const image = await openImage(source, { work, run, signal, onLine, ...(insecure && { insecure }) })
    return await act({ image, toolbox, work })
  } finally {
    await store.deleteTemporary(work)
  }
}
