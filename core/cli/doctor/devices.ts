import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Tools } from '../../base/process/tools.ts'
import { probeKvm } from '../../machine/host/accelerator.ts'
import { Store } from '../../store/store.ts'
import { HOST_NETWORK } from '../../store/toolbox/network.ts'
import { toolboxKey } from '../../store/toolbox/recipe.ts'
import { Toolbox } from '../../store/toolbox/toolbox.ts'
import type { Check } from './check.ts'
import { asRoot } from './fix.ts'
import { type Host, isContainer, read } from './host.ts'

const EMULATED = 'machines are emulated, which is slower'

const usable = (file: string): boolean => {
  try {
    accessSync(file, constants.R_OK | constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** The name of the group of a file, unless that is root's. */
const groupOf = (host: Host, file: string): string | undefined => {
  const { gid, mode } = statSync(file)
  if (gid === 0 || (mode & 0o060) !== 0o060) return undefined
  const lines = (read(host, 'etc/group') ?? '').split('\n').map((line) => line.split(':'))
  return lines.find((fields) => fields[2] === String(gid))?.[0]
}

const permission = (host: Host, file: string) => {
  const group = groupOf(host, file)
  return group
    ? {
        way: `; log in again after joining the group ${group}`,
        fix: asRoot(false, ['usermod', '--append', '--groups', group, host.user]),
      }
    : { way: '', fix: asRoot(false, ['chmod', '0666', file]) }
}

/** Gives `use` the toolbox of the store, if a build has made one; none is made for it. */
const withToolbox = async <T>(
  directory: string,
  use: (tools: Tools) => Promise<T>,
): Promise<T | undefined> => {
  const store = new Store(directory)
  if (!(await store.record(toolboxKey))) return undefined
  const inUse = await store.lock('store', { shared: true, noWait: true })
  try {
    if (!inUse || !(await store.verified(toolboxKey))) return undefined
    return await use(await Toolbox.ensure(store))
  } finally {
    await inUse?.release()
  }
}

/** KVM, which makes machines fast; never essential, as QEMU emulates what is missing. */
export const kvm = (host: Host): Check => ({
  name: 'KVM',
  essential: false,
  run: async () => {
    const device = join(host.root, 'dev/kvm')
    if (!existsSync(device)) {
      const flag = /^flags\s*:.*\b(vmx|svm)\b/m.exec(read(host, 'proc/cpuinfo') ?? '')?.[1]
      if (!flag)
        return {
          ok: false,
          detail: `the processor offers no virtualisation, or its firmware has it off; ${EMULATED}`,
        }
      const fix = asRoot(true, ['modprobe', flag === 'vmx' ? 'kvm_intel' : 'kvm_amd'])
      return { ok: false, detail: `${device} does not exist; ${EMULATED}`, fix }
    }
    if (!usable(device)) {
      const { way, fix } = permission(host, device)
      return { ok: false, detail: `${host.user} may not use ${device}; ${EMULATED}${way}`, fix }
    }
    const verdict = await withToolbox(host.store, (tools) => probeKvm(tools, device))
    if (!verdict)
      return {
        ok: false,
        detail: `${device} is there; whether it runs guests is unknown until the first build`,
      }
    return verdict.usable
      ? { ok: true, detail: 'runs guests' }
      : { ok: false, detail: `${verdict.reason}; ${EMULATED}` }
  },
})

/** TUN/TAP, which build steps have their network by, and the data interfaces of a machine. */
export const tun = (host: Host): Check => ({
  name: 'tun',
  essential: process.env[HOST_NETWORK] !== '1',
  run: async () => {
    const device = join(host.root, 'dev/net/tun')
    const without = 'build steps have no network, and machines no data interfaces outside themselves'
    if (!existsSync(device)) {
      if (isContainer(host))
        return {
          ok: false,
          detail: `${device} does not exist; ${without}; start this container with --device ${device}`,
        }
      return {
        ok: false,
        detail: `${device} does not exist; ${without}`,
        fix: asRoot(true, ['modprobe', 'tun']),
      }
    }
    if (usable(device)) return { ok: true, detail: device }
    const { way, fix } = permission(host, device)
    return { ok: false, detail: `${host.user} may not use ${device}; ${without}${way}`, fix }
  },
})
