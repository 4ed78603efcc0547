#!/usr/bin/node
import { fileURLToPath } from 'node:url'
import { isAntidoteError, messageOf } from '../base/errors/error.ts'
import { printable } from '../base/text/printable.ts'

/** Bytes of the serial console that may wait for whoever reads our output. */
const BACKLOG = 1024 * 1024

const MACHINE = '/machine/machine.json'

/** What a guest, a server or QEMU says may be in a line; none of it begins a line of its own. */
const say = (text: string): void =>
  void process.stdout.write(`antidote ${printable(text).replaceAll('\n', '\n  ')}\n`)

/** The guest's console, as far as it is read: one that nobody reads does not fill our memory. */
const consoleLines = () => {
  let left = 0
  return (line: string): void => {
    if (process.stdout.writableLength > BACKLOG) {
      left++
      return
    }
    if (left > 0) say(`${left} lines of the console were left out: nobody read them`)
    left = 0
    process.stdout.write(`| ${line}\n`)
  }
}

/** The first process of a published container. */
const runMachine = async (): Promise<number> => {
  const [{ launch }, { exitStatus, EXIT }, { direct }] = [
    await import('./launch.ts'),
    await import('./exit.ts'),
    await import('./spawn.ts'),
  ]
  const [stop, kill] = [new AbortController(), new AbortController()]
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    // asked twice, it is cut off
    process.on(signal, () => (stop.signal.aborted ? kill : stop).abort())
  }
  try {
    await launch({
      machineFile: MACHINE,
      script: fileURLToPath(import.meta.url),
      env: process.env,
      tools: direct,
      stop: stop.signal,
      kill: kill.signal,
      say,
      onConsole: consoleLines(),
    })
    return EXIT.off
  } catch (error) {
    say(messageOf(error))
    if (!isAntidoteError(error)) throw error
    for (const line of error.details.lines ?? []) say(`  ${line}`)
    if (error.details.hint) say(error.details.hint)
    return exitStatus(error)
  }
}

const words = process.argv.slice(2)
const { refuseSecond, runCommand } = await import('./commands/index.ts')
process.exitCode =
  words.length > 0
    ? await runCommand(words, process.env)
    : ((await refuseSecond(process.env)) ?? (await runMachine()))
