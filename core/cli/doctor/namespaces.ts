import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import { HOST_ROOT } from '../../store/namespace/namespace.ts'
import type { Check, Fix } from './check.ts'
import { asRoot } from './fix.ts'
import { existing, type Host, isContainer, read, writable } from './host.ts'

const OVERLAY = fileURLToPath(new URL('./overlay.sh', import.meta.url))

/** Kernel settings that forbid user namespaces: the value that does, and one that does not. */
const SETTINGS = [
  // of Debian's own kernels
  { name: 'kernel.unprivileged_userns_clone', bad: '0', good: '1' },
  // of Ubuntu's kernels from 23.10 on: allows the namespace and takes its capabilities away
  { name: 'kernel.apparmor_restrict_unprivileged_userns', bad: '1', good: '0' },
  { name: 'user.max_user_namespaces', bad: '0', good: '15000' },
]

const asUser = (host: Host): string[] => (host.uid === 0 ? [] : ['--user', '--map-root-user', '--map-auto'])

/** Why a command failed: the last thing it said, apart from where else to look. */
const complaint = (error: unknown): string => {
  const said = isAntidoteError(error)
    ? error.details.lines?.findLast((line) => !line.includes('dmesg(1)'))
    : undefined
  return (said?.trim() ?? messageOf(error)).replace(/\.$/, '')
}

/** The kernel setting that forbids user namespaces, if one does. */
export const forbidding = (host: Host): { reason: string; fix: Fix } | undefined => {
  // root is not stopped by the others
  const settings = host.uid === 0 ? SETTINGS.filter(({ name }) => name.startsWith('user.')) : SETTINGS
  for (const { name, bad, good } of settings) {
    const value = read(host, join('proc/sys', name.replaceAll('.', '/')))?.trim()
    if (value === bad)
      return { reason: `${name} is ${value}`, fix: asRoot(false, ['sysctl', '-w', `${name}=${good}`]) }
  }
  return undefined
}

/** The namespaces that every command of a build runs in. */
export const namespaces = (host: Host): Check => ({
  name: 'user namespaces',
  essential: true,
  run: async () => {
    const argv = ['unshare', ...asUser(host), '--mount', '--pid', '--ipc', '--uts', '--net', '--fork']
    try {
      await host.run([...argv, 'true'])
      // the programs of a tree run in one of their own inside
      await host.run([...argv, 'unshare', '--user', '--mount', 'true'])
      return { ok: true, detail: 'work, with every identity' }
    } catch (error) {
      const said = complaint(error)
      const cause = forbidding(host)
      if (cause) return { ok: false, detail: `${cause.reason}: ${said}`, fix: cause.fix }
      const ways = [
        ...(isContainer(host) ? ['start this container with --privileged'] : []),
        ...(host.uid === 0
          ? [`with ${HOST_ROOT}=1 root builds without, and programs of images have root's rights`]
          : []),
      ]
      return { ok: false, detail: [said, ...ways].join('; ') }
    }
  },
})

/** The file system that trees are stacked with, tried where the store is or will be. */
export const overlayfs = (host: Host): Check => ({
  name: 'overlayfs',
  essential: true,
  run: async () => {
    const parent = existing(join(host.store, 'tmp'))
    if (!writable(parent)) return { ok: false, detail: `cannot be tried: ${parent} cannot be written` }
    const directory = await mkdtemp(join(parent, 'antidote-doctor-'))
    try {
      const options = host.uid === 0 ? '' : ',userxattr'
      await host.run(['unshare', ...asUser(host), '--mount', 'sh', OVERLAY, directory, options])
      return { ok: true, detail: `can be mounted on ${parent}` }
    } catch (error) {
      const known = (read(host, 'proc/filesystems') ?? '').includes('\toverlay\n')
      return {
        ok: false,
        // builds go on without it
        minor: true,
        detail: `cannot be mounted on ${parent}: ${complaint(error)}; each step copies its tree instead, which takes time and room`,
        ...(!known && { fix: asRoot(true, ['modprobe', 'overlay']) }),
      }
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  },
})
