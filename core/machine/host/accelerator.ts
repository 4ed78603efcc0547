import { accessSync, constants, existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Tools } from '../../base/process/tools.ts'
import { CANARY_PORT, CANARY_STATUS, canaryImage } from './canary.ts'

/** Whether KVM runs guests here; plain data, true for as long as the host is up. */
export type KvmVerdict = { usable: true } | { usable: false; reason: string }

/** The accelerator of a machine, and why it is not KVM. */
export interface Accelerator {
  name: 'kvm' | 'tcg'
  reason?: string
}

const DEVICE = '/dev/kvm'

/** Milliseconds; on a processor it takes less than a tenth of it. */
const DEADLINE = 2000

/**
 * Runs the canary, a guest of a few instructions that needs a real processor.
 * Gives undefined if it ran as it must, else what happened instead, as part of a sentence.
 */
export const runCanary = async (
  tools: Tools,
  name: 'kvm' | 'tcg',
  deadline = DEADLINE,
): Promise<string | undefined> => {
  const work = await mkdtemp(join(tmpdir(), 'antidote-kvm-'))
  try {
    const image = join(work, 'canary.bin')
    await writeFile(image, canaryImage())
    const child = tools.start(
      [
        'qemu-system-x86_64',
        '-machine',
        'q35',
        '-accel',
        name,
        '-cpu',
        name === 'kvm' ? 'host' : 'max',
        '-m',
        '16M',
        '-nodefaults',
        '-no-user-config',
        '-display',
        'none',
        '-no-reboot',
        '-bios',
        image,
        '-device',
        `isa-debug-exit,iobase=${CANARY_PORT},iosize=1`,
      ],
      { readable: [work] },
    )
    child.stdin?.end()
    let late = false
    const kill = () => child.kill('SIGKILL')
    const timer = setTimeout(() => {
      late = true
      kill()
    }, deadline)
    // QEMU says so and then waits for somebody to look at the machine
    child.stderr?.on('data', (chunk: Buffer) => String(chunk).includes('internal error') && kill())
    const result = await child
    clearTimeout(timer)
    if (result.exitCode === CANARY_STATUS) return undefined
    const said = String(result.stderr ?? '')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.includes('warning:'))
    const complaint = (said.find((line) => line.includes('rror')) ?? said[0])?.replace(
      /^\S*qemu-system-x86_64: /,
      '',
    )
    if (complaint) return `QEMU said "${complaint}"`
    return late
      ? `it did not finish within ${deadline / 1000} s`
      : `it ended with exit status ${result.exitCode ?? 'unknown'}`
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Finds out whether KVM runs guests: the device can be there, and open, and still not do it. */
export const probeKvm = async (tools: Tools, device = DEVICE): Promise<KvmVerdict> => {
  if (!existsSync(device)) return { usable: false, reason: `${device} does not exist` }
  try {
    accessSync(device, constants.R_OK | constants.W_OK)
  } catch {
    return {
      usable: false,
      reason: `no permission for ${device}: add yourself to the group "kvm" and log in again`,
    }
  }
  const problem = await runCanary(tools, 'kvm')
  return problem
    ? { usable: false, reason: `${device} is present, but a test guest did not run: ${problem}` }
    : { usable: true }
}

let verdict: Promise<KvmVerdict> | undefined

/** The verdict on KVM, found out once in a process. */
export const kvmVerdict = (tools: Tools): Promise<KvmVerdict> => {
  verdict ??= probeKvm(tools)
  return verdict
}

/** The accelerator for a machine. Throws KVM_UNUSABLE where the spec asks for KVM and there is none. */
export const chooseAccelerator = async (
  wanted: MachineSpec['accelerator'],
  kvm: () => Promise<KvmVerdict>,
): Promise<Accelerator> => {
  if (wanted === 'tcg') return { name: 'tcg', reason: 'the machine asks for emulation' }
  const found = await kvm()
  if (found.usable) return { name: 'kvm' }
  if (wanted === 'kvm') throw errors.kvmUnusable(found.reason)
  return { name: 'tcg', reason: found.reason }
}
