import type { Stats } from 'node:fs'
import { chmod, chown, lstat, mkdir, readdir, readFile, readlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Guest } from './guest.ts'

/** Around the host's lines in a file that was lent, so that they can be taken out again. */
const BEGIN =
  '# antidote: names as the host of the build resolves them; these lines do not get into the image'
const END = '# antidote: end of those lines'

/** A text without those lines, in time that grows with it. */
const withoutLent = (text: string): string => {
  const kept: string[] = []
  let block: string[] | undefined
  for (const line of text.split('\n')) {
    if (block === undefined && line === BEGIN) block = []
    if (block === undefined) kept.push(line)
    else if (line === END) block = undefined
    else block.push(line)
  }
  // what has no end was none of ours
  return [...kept, ...(block ?? [])].join('\n')
}

/** Bytes; a larger file is no table of names, and is left alone. */
const MOST = 1024 * 1024

/** The host's own files for names. */
export interface HostNames {
  resolver: string
  hosts: string
}

const linesOf = async (path: string): Promise<string[]> => {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').filter((line) => line.trim() !== '' && !/^\s*[#;]/.test(line))
}

/** A name by which every machine calls itself. */
const isOwn = (name: string): boolean =>
  /^(?:localhost|ip6-)/.test(name) || name === hostname() || name.startsWith(`${hostname()}.`)

/** The lines of the host's table of names, without its own. */
const entriesOf = async (path: string): Promise<string[]> =>
  (await linesOf(path)).flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    const others = names.filter((name) => !isOwn(name))
    return others.length > 0 ? [`${address} ${others.join(' ')}`] : []
  })

/** What a stack of layers, the topmost first, has at a name in a directory of them. */
const ownIn = async (
  layers: readonly string[],
  name: string,
  directory = '',
): Promise<{ at: string; status: Stats } | undefined> => {
  for (const layer of layers) {
    // a link there is no directory of the tree, and leads to one of the host
    const inside = await lstat(join(layer, directory)).catch(() => undefined)
    if (inside && !inside.isDirectory()) return undefined
    const at = join(layer, directory, name)
    const status = await lstat(at).catch(() => undefined)
    // overlayfs marks what was removed with a character device
    if (status) return status.isCharacterDevice() ? undefined : { at, status }
  }
  return undefined
}

/** A link into /run, as services that manage a resolver make it. enter.sh puts the resolver where it leads. */
const leadsToRun = async ({ at, status }: { at: string; status: Stats }): Promise<boolean> =>
  status.isSymbolicLink() && /^(?:\.\.)?\/run\//.test(await readlink(at))

/** Overlayfs merges directories, and the topmost one has the attributes of all. */
const likeDirectory = async (directory: string, own: Stats): Promise<void> => {
  await chmod(directory, own.mode & 0o7777)
  if (process.getuid?.() === 0) await chown(directory, own.uid, own.gid)
  await utimes(directory, own.atime, own.mtime)
}

/**
 * Writes a layer to put over those of a tree, with which names resolve as on the host: its lines come before those of the
 * image's own /etc/resolv.conf and /etc/hosts. Gives its directory, or nothing where the host has nothing to lend.
 * The image's own files stay as they are below it. What a step writes, replaces or removes is above it.
 */
export const lendNames = async (
  layers: readonly string[],
  directory: string,
  host: HostNames,
): Promise<string[]> => {
  const etc = await ownIn(layers, 'etc')
  if (!etc?.status.isDirectory()) return []
  const files = { 'resolv.conf': await linesOf(host.resolver), hosts: await entriesOf(host.hosts) }
  const lent = Object.entries(files).filter(([, lines]) => lines.length > 0)
  if (lent.length === 0) return []
  const at = join(directory, 'etc')
  await mkdir(at, { recursive: true })
  for (const [name, lines] of lent) {
    const own = await ownIn(layers, name, 'etc')
    if (own && ((await leadsToRun(own)) || own.status.size > MOST)) continue
    const text = own?.status.isFile() ? await readFile(own.at, 'utf8') : ''
    const file = join(at, name)
    await writeFile(file, `${[BEGIN, ...lines, END, text].join('\n')}`)
    await chmod(file, own?.status.isFile() ? own.status.mode & 0o7777 : 0o644)
  }
  await likeDirectory(at, etc.status)
  return [directory]
}

/** Takes the host's lines out of what a step made of the files that were lent to it: copies, and files it added to. */
export const takeBackNames = async (upper: string, guest: Guest): Promise<void> => {
  const etc = join(upper, 'etc')
  // a step can have put a link there, which leads to a directory of the host
  if (!(await lstat(etc).catch(() => undefined))?.isDirectory()) return
  for (const name of await readdir(etc).catch(() => [])) {
    const file = join(etc, name)
    const status = await lstat(file).catch(() => undefined)
    if (!status?.isFile() || status.size > MOST) continue
    // a file that the builder may not read, such as /etc/shadow, was none of ours
    const text = await readFile(file, 'utf8').catch(() => '')
    if (text.includes(BEGIN)) await guest.write(`/etc/${name}`, withoutLent(text))
  }
}
