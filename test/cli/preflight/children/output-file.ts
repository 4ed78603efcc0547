// output-file.ts PATH: what is said of a file that is to be written there
import { messageOf } from '../../../../core/base/errors/error.ts'
import { outputFile } from '../../../../core/cli/preflight/output-file.ts'

const check = outputFile('--output', process.argv[2]!)
console.log(await check(new AbortController().signal).then(() => 'fine', messageOf))
