import { release } from 'node:os'
import type { Check } from './check.ts'
import { asRoot } from './fix.ts'
import { find, type Host } from './host.ts'
import { atLeast, versionIn } from './version.ts'

/** overlayfs can be mounted in a user namespace from this kernel on (kernelnewbies.org/Linux_5.11). */
const KERNEL = '5.11'
const NODE = '20.19'

/** Before this day there was no antidote, so a clock that says so is wrong. */
const FIRST_DAY = Date.UTC(2026, 8, 1)
const YEARS = 20

/** The kernel and the processor. */
export const linux = (
  host: Host,
  machine = { platform: process.platform as string, arch: process.arch as string, release: release() },
): Check => ({
  name: 'Linux',
  essential: true,
  run: async () => {
    const { platform, arch } = machine
    if (platform !== 'linux') return { ok: false, detail: `this is ${platform}; images are built on Linux` }
    if (arch !== 'x64') return { ok: false, detail: `the processor is ${arch}; images are built on x86-64` }
    const detail = `${machine.release} on x86-64`
    if (host.uid === 0 || atLeast(versionIn(machine.release) ?? '', KERNEL)) return { ok: true, detail }
    return { ok: false, detail: `${detail}; ${KERNEL} or later is needed to build as an ordinary user` }
  },
})

/** Node.js, which may be another one than the user believes. */
export const node = (version = process.versions.node, path = process.execPath): Check => ({
  name: 'Node.js',
  essential: true,
  run: async () =>
    atLeast(version, NODE)
      ? { ok: true, detail: version }
      : { ok: false, detail: `${path} is ${version}; ${NODE} or later is needed` },
})

/** The clock: certificates and the Valid-Until of apt's releases are checked against it. */
export const clock = (host: Host, now = Date.now()): Check => ({
  name: 'clock',
  essential: true,
  run: async () => {
    const last = new Date(FIRST_DAY)
    last.setUTCFullYear(last.getUTCFullYear() + YEARS)
    const detail = Number.isNaN(new Date(now).getTime())
      ? 'no date'
      : `${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    if (now >= FIRST_DAY && now < last.getTime()) return { ok: true, detail }
    const command = find(host, 'timedatectl') ? ['timedatectl', 'set-ntp', 'true'] : ['hwclock', '--hctosys']
    return {
      ok: false,
      detail: `${detail} cannot be right; certificates and package lists are refused with a wrong clock`,
      fix: asRoot(false, command),
    }
  },
})
