import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError } from '../../base/errors/error.ts'
import { randomName } from '../../base/files/digest.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Guest } from '../../machine/guest/guest.ts'
import type { RunningMachine } from '../../machine/running.ts'
import { partitionsOf, TABLE_BYTES } from '../disk/partitions/partitions.ts'
import { eventually, expectFile, expectInOrder, expectOutput } from './expect.ts'
import { BEGINNING, leftFilesystem } from './filesystem.ts'

/** One test of a running machine. It fails by throwing. */
export interface MachineTest {
  readonly name: string
  /** The machines that it is for; all if left out. */
  readonly when?: (spec: MachineSpec) => boolean
  run(machine: RunningMachine): Promise<void>
}

const login: MachineTest = {
  name: 'SSH login by password',
  run: async (machine) => {
    const { user, password } = machine.spec.login
    await machine.login(user, password)
    const refused = await machine.login(user, `not ${password}`).then(
      () => false,
      (error: unknown) => {
        if (isAntidoteError(error) && error.code === 'SSH_LOGIN') return true
        throw error
      },
    )
    if (!refused) throw errors.expectation(`The guest let "${user}" in with a wrong password.`)
  },
}

/** A guest whose commands over SSH are those of a Linux shell. */
const hasShell = ({ cli }: MachineSpec): boolean => cli === undefined

const sudo: MachineTest = {
  name: 'passwordless sudo',
  when: hasShell,
  run: ({ guest }) => expectOutput(guest, ['sudo', '-n', 'id', '-u'], '0'),
}

const hostname: MachineTest = {
  name: 'hostname',
  // a name that nobody here gave it is not ours to ask for
  when: (spec) => hasShell(spec) && !spec.thirdParty,
  run: ({ guest, spec }) => expectOutput(guest, ['uname', '-n'], spec.hostname),
}

/** The cards of a guest that calls them what it likes. */
const expectCards = async (guest: Guest, macs: readonly string[]): Promise<void> => {
  const argv = ['sh', '-c', 'cat /sys/class/net/*/address']
  const { stdout } = await guest.exec(argv)
  const found = stdout.toLowerCase().split('\n')
  const missing = macs.findIndex((mac) => !found.includes(mac))
  if (missing < 0) return
  throw errors.expectation(
    `The guest has no card with the address ${macs[missing]}, which is that of its NIC ${missing}.`,
    found.filter(Boolean),
  )
}

const interfaces: MachineTest = {
  name: 'interfaces in order',
  run: async ({ guest, macs, spec }) => {
    if (spec.cli) return expectInOrder(guest, spec.cli.addresses, macs)
    if (spec.thirdParty && spec.cards === undefined) return expectCards(guest, macs)
    for (const [slot, mac] of macs.entries()) {
      const card = slot === 0 ? 'eth0' : `${spec.cards ?? 'eth'}${slot}`
      await expectFile(guest, `/sys/class/net/${card}/address`, mac)
    }
  },
}

const lessonMount: MachineTest = {
  name: 'lesson mount',
  when: hasShell,
  run: async ({ guest, lesson, spec }) => {
    // a machine that says it cannot is held to that, so that nobody goes without for nothing
    if (!spec.lesson)
      return expectOutput(guest, ['grep', '-c', '9p', '/proc/filesystems'], '0', { allowFailure: true })
    if (!lesson) throw errors.expectation('The machine was started without a lesson directory.')
    const name = `antidote-${randomName()}`
    await writeFile(join(lesson.directory, name), name, { mode: 0o644 })
    try {
      await eventually(() => expectOutput(guest, ['cat', `/antidote/${name}`], name))
    } finally {
      await rm(join(lesson.directory, name), { force: true })
    }
  },
}

/** Where file systems may begin: the disk itself, and its partitions. More than a few make no disk that boots. */
const MOST = 16

/** How the file systems of the first disk were left that are known here. */
const leftOn = async (machine: RunningMachine): Promise<{ found: number; problems: string[] }> => {
  const head = await machine.readDisk(TABLE_BYTES)
  if (!head)
    throw errors.expectation('The disk cannot be checked: the machine was started without an overlay.')
  const starts = [0, ...partitionsOf(head).map(({ start }) => start)]
  const problems: string[] = []
  let found = 0
  for (const start of [...new Set(starts)].slice(0, MOST)) {
    const left = leftFilesystem((await machine.readDisk(BEGINNING, start))!)
    if (!left) continue
    found++
    for (const problem of left.problems) problems.push(`the ${left.type} at byte ${start} ${problem}`)
  }
  return { found, problems }
}

const cleanShutdown: MachineTest = {
  name: 'clean shutdown',
  run: async (machine) => {
    // the guest itself has switched its machine off, or this throws
    await machine.shutdown()
    // an appliance's file systems are its own
    if (machine.spec.cli) return
    const { found, problems } = await leftOn(machine)
    // a third party may have chosen another file system; that the guest switched itself off has to do then
    if (found === 0 && !machine.spec.thirdParty)
      throw errors.expectation('No ext4 file system was found on the first disk.')
    if (problems.length > 0) throw errors.expectation(`After shutdown ${problems.join('; ')}.`)
  },
}

const bootLoader: MachineTest = {
  name: 'boot through GRUB',
  // without a kernel for QEMU to load, the boot loader is what has started it
  when: ({ directBoot }) => directBoot !== undefined,
  run: async (machine) => {
    const other = await machine.another(({ directBoot: _, ...spec }) => spec)
    try {
      await expectOutput(other.guest, ['id', '-un'], machine.spec.login.user)
    } finally {
      await other.stop()
    }
  },
}

/**
 * The tests of every image of ours, to be run on one machine in this order: `open` on the machine as it came
 * up, then whatever the image's author tests, then `close`, which switches it off and boots the disk once
 * more. The machine is to have three data NICs or more, a lesson directory, and `changes: 'overlay'`.
 */
export const standardTests: { open: readonly MachineTest[]; close: readonly MachineTest[] } = {
  open: [login, sudo, hostname, interfaces, lessonMount],
  close: [cleanShutdown, bootLoader],
}
