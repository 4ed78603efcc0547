// sleeper.ts DIRECTORY: runs a command in a namespace that writes to DIRECTORY for ever
import { runIn } from '../../../../core/store/namespace/namespace.ts'

const [directory] = process.argv.slice(2) as [string]
await runIn({ operations: [{ host: true }, { bind: directory }] })(
  ['sh', '-c', 'while :; do echo >>"$1/beat"; echo started; sleep 0.05; done', 'sh', directory],
  { onLine: (line) => console.log(line) },
)
