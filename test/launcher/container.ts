import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { errors } from '../../core/base/errors/catalogue.ts'
import type { MachineSpec } from '../../core/base/model/machine-spec.ts'
import { quoteAll } from '../../core/base/text/quote.ts'
import { Board, type StatusDocument } from '../../core/launcher/report/board.ts'
import { serveControl } from '../../core/launcher/report/control.ts'
import { specOf } from '../base/model/machine-spec.ts'
import { scratch } from '../publish/oci/help.ts'
import { serialConsole, statusOf } from './face.ts'

/** What runs, what it prints, and how to wait for it. */
const watched = (child: ChildProcessWithoutNullStreams) => {
  const got = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (part) => {
      got[name] += part
      child.emit('said')
    })
  }
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...got }))
  const until = async (text: string) => {
    while (!got.stdout.includes(text) && !got.stderr.includes(text)) await once(child, 'said')
  }
  return { stdin: child.stdin, stdout: child.stdout, got, ended, until }
}

/** The commands of one launcher's file, in a container with this environment. */
export const launcher = (script: string, environment: Record<string, string>) => {
  const env = { PATH: process.env.PATH!, TERM: 'vt100', ...environment }
  const begin = (...argv: string[]) => watched(spawn(process.execPath, [script, ...argv], { env }))
  /** A whole run with nothing, or this, on standard input. */
  const antidote = (argv: string[], input = '') => {
    const { stdin, ended } = begin(...argv)
    stdin.on('error', () => {}).end(input)
    return ended
  }
  /** On a terminal, whose settings are printed afterwards. */
  const onTerminal = (...argv: string[]) => {
    const command = `echo pid=$$; exec ${quoteAll([process.execPath, script, ...argv])}`
    const line = `${quoteAll(['sh', '-c', command])}; echo "status=$?"; stty -a`
    const child = spawn('script', ['--quiet', '--flush', '--command', line, '/dev/null'], { env })
    return watched(child)
  }
  return { begin, antidote, onTerminal }
}

/** The settings of a terminal that shows what is typed, line by line. */
export const RESTORED = /status=(\d+)[\s\S]*[^-]icanon[\s\S]*[^-]echo\b/

/** A container whose machine runs, with its commands. */
export const container = async (script: string, change: Partial<StatusDocument> = {}, sshPort?: number) => {
  const state = scratch()
  const path = join(state, 'control.sock')
  const management = {
    mode: 'forward' as const,
    ports: sshPort === undefined ? [] : [{ port: 22, protocol: 'tcp' as const, at: `0.0.0.0:${sshPort}` }],
  }
  const board = new Board(statusOf({ state: 'ready', management, ...change }))
  const control = await serveControl({ path, board })
  onTestFinished(() => control.close().catch(() => {}))
  const { console, guest } = await serialConsole()
  const commands: string[] = []
  control.attach({
    console,
    monitor: async (command) => {
      commands.push(command)
      if (command === 'bad') throw errors.qmpFailed('bad', 'no such thing\x1b[2J')
      return `did\x1b[2J ${command}\r\n`
    },
  })
  const machineFile = join(state, 'machine.json')
  // as published: without the password
  const { password: _password, ...login } = specOf().login
  const machine = (change: Partial<MachineSpec> = {}) =>
    writeFileSync(machineFile, JSON.stringify({ ...specOf(change), login }))
  machine()
  const environment = { ANTIDOTE_STATE: state, ANTIDOTE_TEST_MACHINE: machineFile }
  return { board, control, console, guest, commands, machine, environment, ...launcher(script, environment) }
}
