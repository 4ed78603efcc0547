import {
  AntidoteError,
  type Disk,
  definePlugin,
  type KeyedPlace,
  type MachineSpec,
  openNetconf,
  type Plugin,
  type Secret,
  type Step,
} from 'antidote'
import { assertAll } from './assert.ts'
import { makeChanges, type Open } from './change.ts'
import { configureLesson } from './lesson.ts'
import { type Change, type NetconfPluginOptions, type Resolved, resolveOptions } from './options.ts'

export type { Assertion, Change, NetconfPluginOptions } from './options.ts'

const VERSION = '1'

/** A device, and how many seconds its server may take to come up. */
interface Device {
  spec: MachineSpec
  step: Step
  at: KeyedPlace
  patience: number
}

/** Opens sessions with a device's server, by the plugin's options or the machine's own login. */
const opener = (options: Resolved, { spec, step, at, patience }: Device): Open => {
  const { username = spec.login.user, password = spec.login.password, dialect, hostKey } = options
  step.mask(password)
  return (seconds = patience) =>
    openNetconf({
      ...at,
      username,
      password,
      dialect,
      ...(hostKey !== undefined && { hostKey }),
      deadline: options.deadline * 1000,
      openDeadline: seconds * 1000,
      wait: true,
      signal: step.signal,
    })
}

const withPort = <P extends { port: number; protocol: 'tcp' | 'udp' }>(ports: readonly P[], port: number) =>
  ports.some((one) => one.port === port && one.protocol === 'tcp')
    ? [...ports]
    : [...ports, { port, protocol: 'tcp' as const }]

/** What the result of changes or assertions depends on, and the secrets to keep out of the logs. */
const inputsOf = ({ port, dialect, username, password }: Resolved, changes: unknown) => ({
  port,
  dialect,
  username,
  password: password as string | Secret | undefined,
  changes,
})

const filesOf = (changes: readonly Change[]): string[] => changes.flatMap(({ file }) => file ?? [])

/** Provisions, configures and tests over NETCONF. */
export const netconf = (given: NetconfPluginOptions): Plugin => {
  const options = resolveOptions(given)
  const { name, port, provision, configure, test } = options
  return definePlugin({
    name,
    version: VERSION,
    apply(hooks) {
      if (provision.length > 0)
        hooks.provision.tap(
          { name: 'changes', inputs: inputsOf(options, provision), files: filesOf(provision) },
          async (artifact, step) => {
            if (artifact.kind === 'tree') throw noServer()
            return provisionDisk(artifact, step, options)
          },
        )
      if (options.lesson)
        hooks.configure.tap(
          { name: 'lesson', inputs: inputsOf(options, []), configures: (named) => named?.type === 'netconf' },
          (endpoint, step) => configureLesson(endpoint, step, options),
        )
      if (provision.length + configure.length + test.length === 0) return
      hooks.boot.tap({ name: 'port', inputs: { port } }, (spec) => ({
        ...spec,
        ports: withPort(spec.ports, port),
      }))
      if (test.length > 0)
        hooks.test.tap({ name: 'assertions', inputs: inputsOf(options, test) }, async (machine, step) => {
          const { spec } = machine
          const device = { spec, step, at: machine.at(port), patience: spec.deadline }
          const session = await opener(options, device)()
          try {
            await assertAll(test, session)
          } finally {
            await session.close()
          }
        })
      if (configure.length > 0)
        hooks.configure.tap(
          { name: 'changes', inputs: inputsOf(options, configure), files: filesOf(configure) },
          (endpoint, step) => {
            const device = { spec: endpoint.spec, step, at: endpoint.at(port), patience: options.deadline }
            return makeChanges(configure, step, opener(options, device))
          },
        )
    },
  })
}

const noServer = () =>
  new AntidoteError('NETCONF_TREE', 'netconf: a tree runs no server to provision over NETCONF.', {
    exitCode: 2,
    hint: 'Use "configure" for the running endpoint, or "provision" with an image that begins with a disk.',
  })

const provisionDisk = (disk: Disk, step: Step, options: Resolved) => {
  const machine = { ...disk.machine, ports: withPort(disk.machine?.ports ?? [], options.port) }
  return step.boot({ ...disk, machine }, (running) => {
    const { spec } = running
    const device = { spec, step, at: running.at(options.port), patience: spec.deadline }
    return makeChanges(options.provision, step, opener(options, device))
  })
}
