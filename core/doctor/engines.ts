import { isAntidoteError, messageOf } from '../errors/error.ts'
import type { Check } from './check.ts'
import { asRoot, lacking } from './fix.ts'
import { find, type Host } from './host.ts'

/** `docker version` asks the daemon, which `docker --version` does not. */
const ENGINES = [
  { name: 'podman', argv: ['podman', 'info', '--format', '{{.Version.Version}}'] },
  { name: 'docker', argv: ['docker', 'version', '--format', '{{.Server.Version}}'] },
]

const ask = async (host: Host, argv: string[]): Promise<{ version: string } | { problem: string }> => {
  try {
    return { version: (await host.run(argv)).stdout.trim() }
  } catch (error) {
    if (!isAntidoteError(error) || error.code === 'INTERRUPTED') throw error
    return { problem: error.details.lines?.at(-1)?.trim() ?? messageOf(error) }
  }
}

/** podman or docker, which `publish --load` loads an image into. */
export const engines = (host: Host): Check => ({
  name: 'podman or docker',
  essential: false,
  run: async () => {
    const present = ENGINES.filter(({ name }) => find(host, name))
    if (present.length === 0)
      return lacking(host, 'neither is on this machine; only `publish --load` needs one', 'podman')
    const answers = await Promise.all(
      present.map(async ({ name, argv }) => ({ name, ...(await ask(host, argv)) })),
    )
    const good = answers.filter((answer) => 'version' in answer)
    if (good.length > 0)
      return { ok: true, detail: good.map(({ name, version }) => `${name} ${version}`).join(', ') }
    const { name, problem } = answers[0] as { name: string; problem: string }
    const denied = name === 'docker' && /permission denied/i.test(problem)
    const command = denied
      ? ['usermod', '--append', '--groups', 'docker', host.user]
      : ['systemctl', 'start', 'docker']
    return {
      ok: false,
      detail: `${name} does not answer (only \`publish --load\` needs it): ${problem}`,
      ...(name === 'docker' && { fix: asRoot(false, command) }),
    }
  },
})
