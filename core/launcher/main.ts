import { isAntidoteError, messageOf } from '../errors/error.ts'
import { launch } from './launch.ts'

/** The first process of a published container. Ends with 0 once the machine is off, with 1 or 2 if it failed. */
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop.abort())

const say = (line: string) => process.stdout.write(`antidote ${line}\n`)

try {
  await launch({ machineFile: '/machine/machine.json', env: process.env, stop: stop.signal, say })
} catch (error) {
  say(messageOf(error))
  if (!isAntidoteError(error)) throw error
  for (const line of error.details.lines ?? []) say(`  ${line}`)
  if (error.details.hint) say(error.details.hint)
  process.exitCode = error.details.exitCode ?? 1
}
