// layering.ts STORE: says how trees are changed in a store
import { isAntidoteError } from '../../../core/base/errors/error.ts'
import { Store } from '../../../core/store/store.ts'

const store = await new Store(process.argv[2]).open()
console.log(await store.layering().catch((error) => (isAntidoteError(error) ? error.code : error)))
