import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import type { Check } from './check.ts'
import { lacking } from './fix.ts'
import { find, type Host } from './host.ts'

/** `docker version` asks the daemon, which `docker --version` does not. */
const ENGINES = [
  { name: 'podman', argv: ['podman', 'info', '--format', '{{.Version.Version}}'] },
  { name: 'docker', argv: ['docker', 'version', '--format', '{{.Server.Version}}'] },
]

/** An engine that is brought: with what it needs to forward ports, which not every release has it bring. */
const PODMAN = ['podman', 'iptables']

const ask = async (host: Host, argv: string[]): Promise<{ version: string } | { problem: string }> => {
  try {
    return { version: (await host.run(argv)).stdout.trim() }
  } catch (error) {
    if (!isAntidoteError(error) || error.code === 'INTERRUPTED') throw error
    return { problem: (error.details.lines?.at(-1)?.trim() ?? messageOf(error)).replace(/\.$/, '') }
  }
}

/** What a person may do about an engine that does not answer. */
const way = (host: Host, name: string, problem: string): string => {
  if (name !== 'docker') return ''
  if (/permission denied/i.test(problem)) return '; members of the group docker may use it'
  return find(host, 'dockerd')
    ? '; `systemctl start docker` may start it'
    : '; its daemon is not on this machine'
}

/** podman or docker, which `publish --load` loads an image into. One that is dead beside a living one is a warning. */
export const engines = (host: Host): Check => ({
  name: 'podman or docker',
  essential: false,
  run: async () => {
    const present = ENGINES.filter(({ name }) => find(host, name))
    if (present.length === 0)
      return lacking(host, 'neither is on this machine; only `publish --load` needs one', PODMAN)
    const answers = await Promise.all(
      present.map(async ({ name, argv }) => ({ name, ...(await ask(host, argv)) })),
    )
    const good = answers.flatMap((answer) =>
      'version' in answer ? [`${answer.name} ${answer.version}`] : [],
    )
    const dead = answers.flatMap((answer) =>
      'problem' in answer
        ? [`${answer.name} does not answer: ${answer.problem}${way(host, answer.name, answer.problem)}`]
        : [],
    )
    const detail = [...good, ...dead].join('; ')
    if (dead.length === 0) return { ok: true, detail }
    if (good.length > 0 || find(host, 'podman')) return { ok: false, detail }
    return lacking(host, `${detail}; only \`publish --load\` needs one`, PODMAN)
  },
})
