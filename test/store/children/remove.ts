// remove.ts STORE KEY: removes an entry of a store, puts another in its place, and says what the store has
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Store } from '../../../core/store/store.ts'
import { recordFor } from '../../support/store.ts'

const [directory, key] = process.argv.slice(2) as [string, string]
const store = await new Store(directory).open()
console.log((await store.verified(key))?.files)
await store.remove(key)
console.log(await store.record(key))
const draft = await store.draft(key)
writeFileSync(join(draft.directory, 'second'), '')
await draft.commit(recordFor(key))
console.log(Object.keys((await (await new Store(directory).open()).verified(key))?.files ?? {}))
