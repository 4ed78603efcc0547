// key.ts DIRECTORY: opens a store and prints its key
import { secretKey } from '../../../core/store/secret-key.ts'
import { Store } from '../../../core/store/store.ts'

const [directory] = process.argv.slice(2) as [string]
await new Store(directory).open()
console.log(secretKey(directory, {}))
