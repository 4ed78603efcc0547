// environment.ts VARIABLES: runs a command in a namespace with these variables, which never ends
import { runIn } from '../../../../core/store/namespace/namespace.ts'

const [variables] = process.argv.slice(2) as [string]
await runIn({ operations: [{ host: true }] })(['sh', '-c', 'echo started; exec sleep infinity'], {
  env: JSON.parse(variables),
  onLine: (line) => console.log(line),
})
