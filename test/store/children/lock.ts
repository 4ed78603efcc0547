// lock.ts FILE [wait]: takes a lock, says so, holds it until standard input or the process ends
import { lock } from '../../../core/store/lock.ts'

const [file] = process.argv.slice(2) as [string]
await lock(file, { onWait: () => console.log('waiting') })
console.log('locked')
setInterval(() => {}, 1000)
