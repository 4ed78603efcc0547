import { resolve } from 'node:path'
import { passOn } from '../../base/text/printable.ts'
import { specify, withMachine } from '../../build/boot.ts'
import { KNOWN_PASSWORD } from '../../build/first-machine.ts'
import type { RunningMachine } from '../../machine/running.ts'
import { input } from '../preflight/input.ts'
import { freePort } from '../preflight/port.ts'
import type { Check } from '../preflight/preflight.ts'
import { print } from '../session/common.ts'
import { sshShell } from '../session/ssh-shell.ts'
import { type BuildingOptions, withBuild } from '../session/with-build.ts'
import { say } from '../terminal/output.ts'

interface Options extends BuildingOptions {
  sshPort?: number
  lesson?: string
  interfaces?: number
  outgoing?: boolean
  shell?: boolean
  console?: boolean
}

export default (command: string[], options: Options): Promise<number> =>
  withBuild({ ...options, ahead: () => needs(options) }, 'boot', async ({ build, quiet, signal }) => {
    const { disk, spec } = await specify(build)
    const interfaces = options.interfaces ?? spec.interfaces
    const onConsole = (line: string) => say(`${line}\n`)
    if (options.console) quiet()
    return withMachine(
      build,
      disk,
      { ...spec, interfaces },
      {
        ...(options.sshPort !== undefined && {
          ports: [{ port: 22, protocol: 'tcp', hostPort: options.sshPort }],
        }),
        ...(options.outgoing && { outgoing: true }),
        ...(options.lesson !== undefined && {
          lesson: { directory: resolve(options.lesson), readOnly: true },
        }),
        ...(options.console && { onConsole }),
      },
      async (machine) => {
        quiet()
        const { ssh, spec: running, bootMs, accelerator } = machine
        const { user, password } = running.login
        const known = password === KNOWN_PASSWORD ? `, with the password ${password}` : ''
        const status = command.length > 0 ? await runCommand(machine, command, options.json) : undefined
        print(
          options,
          {
            image: running.name,
            ssh: { ...ssh, user },
            bootMs,
            accelerator,
            ...(status !== undefined && { status }),
          },
          () =>
            status === undefined
              ? `${running.name} answers: ssh -p ${ssh.port} ${user}@${ssh.host}${known}\n`
              : '',
        )
        if (status !== undefined) return off(machine, status)
        if (options.shell === false || options.json || !process.stdin.isTTY) return untilOff(machine, signal)
        return off(machine, await sshShell(machine))
      },
    )
  })

/** What the machine needs of this host when it is built. */
const needs = ({ sshPort, lesson }: Options): Check[] => [
  ...(sshPort !== undefined ? [freePort(sshPort)] : []),
  ...(lesson !== undefined ? [input('--lesson', resolve(lesson), 'directory')] : []),
]

const off = async (machine: RunningMachine, status: number): Promise<number> => {
  await machine.shutdown()
  return status
}

/** Runs a command in the machine; what it prints goes where ours goes, unless that is kept for JSON. */
const runCommand = (machine: RunningMachine, command: readonly string[], json = false): Promise<number> => {
  const stderr = passOn(process.stderr)
  const to = { stdout: json ? stderr : passOn(process.stdout), stderr }
  return machine.stream(command, (chunk, from) => to[from](chunk))
}

/** Lets the machine run until it is off, or until Ctrl-C, which is the way to end it. */
const untilOff = async (machine: RunningMachine, signal: AbortSignal): Promise<number> => {
  const asked = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  )
  await Promise.race([machine.off, asked])
  return 0
}
