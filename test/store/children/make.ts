// make.ts STORE KEY MARKS: makes an entry as a build does, and appends to MARKS each time it really makes it
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Store } from '../../../core/store/store.ts'
import { recordFor } from '../../support/store.ts'

const [directory, key, marks] = process.argv.slice(2) as [string, string, string]
const store = await new Store(directory).open()
const held = await store.lock(key, { onWait: () => console.log('waiting') })
if (!(await store.verified(key))) {
  await appendFile(marks, `${process.pid}\n`)
  const draft = await store.draft(key)
  // long enough for the other one to come
  await setTimeout(300)
  await writeFile(join(draft.directory, 'result'), 'made once')
  await draft.commit(recordFor(key))
}
await held?.release()
console.log('done')
