// fill.ts STORE STEP: what a store says at one point when its disk is full or cannot be written
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAntidoteError } from '../../../core/base/errors/error.ts'
import { fullDisk } from '../../../core/store/full.ts'
import { Store } from '../../../core/store/store.ts'
import { recordFor } from '../../support/store.ts'

const [directory, step] = process.argv.slice(2) as [
  string,
  'open' | 'draft' | 'commit' | 'command' | 'machine',
]
const fill = () => {
  // its blocks, then its inodes
  for (const size of [1 << 20, 1 << 12, 0]) {
    try {
      for (let index = 0; ; index++)
        writeFileSync(join(directory, `fill-${size}-${index}`), Buffer.alloc(size))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}
const act = async () => {
  const store = new Store(directory)
  if (step === 'open') return store.open()
  await store.open()
  if (step === 'draft') {
    fill()
    return store.draft('0'.repeat(32))
  }
  const draft = await store.draft('0'.repeat(32))
  fill()
  if (step === 'commit') return draft.commit(recordFor('0'.repeat(32)))
  if (step === 'machine') throw new Error('QEMU cannot run the machine "x": it ended with signal SIGBUS.')
  throw new Error('cp: error writing: No space left on device')
}
try {
  await act()
  console.log('no error')
} catch (raw) {
  const error = await fullDisk(directory, raw)
  console.log(isAntidoteError(error) ? error.code : String(error))
}
