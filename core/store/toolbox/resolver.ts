import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { socketDirectory } from '../../base/process/socket-directory.ts'

export const HOST_RESOLVER = '/etc/resolv.conf'

/** Who resolves names for steps: the file that says so, as resolv.conf(5), and pasta's options for it. */
export interface Resolver {
  file: string
  options: string[]
}

/**
 * A resolver on the host's loopback, as systemd-resolved is one, is not reached from a step: pasta answers in its place, at
 * these addresses.
 */
export const resolving = (
  text: string,
  outside: { 4: string; 6: string },
): { text: string; options: string[] } => {
  const options: string[] = []
  const replaced = text.replace(/^([ \t]*nameserver[ \t]+)(127\.[\d.]+|::1)[ \t]*$/gm, (_, before, host) => {
    const address = outside[isIPv6(host) ? 6 : 4]
    if (!options.includes(address)) options.push('--dns-forward', address, '--dns-host', host)
    return `${before}${address}`
  })
  return { text: replaced, options }
}

/** The host's resolver as steps reach it through pasta at these addresses. */
export const stepResolver = async (outside: { 4: string; 6: string }): Promise<Resolver> => {
  let own = ''
  try {
    own = readFileSync(HOST_RESOLVER, 'utf8')
  } catch {
    // a host may have none
  }
  const { text, options } = resolving(own, outside)
  if (options.length === 0) return { file: HOST_RESOLVER, options }
  const file = join((await socketDirectory()).directory, 'resolv.conf')
  await writeFile(file, text, { mode: 0o644 })
  return { file, options }
}
