// draft.ts STORE KEY: writes half an entry and waits to be killed
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Store } from '../../../core/store/store.ts'

const [directory, key] = process.argv.slice(2) as [string, string]
const store = await new Store(directory).open()
await store.lock('store', { shared: true })
await store.lock(key)
const draft = await store.draft(key)
await writeFile(join(draft.directory, 'half'), 'half of it')
console.log('drafting')
setInterval(() => {}, 1000)
