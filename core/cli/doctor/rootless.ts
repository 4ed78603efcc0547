import type { Check } from './check.ts'
import { lacking } from './fix.ts'
import { find, type Host } from './host.ts'

/** What podman gives a container of an ordinary user a network with: pasta from podman 5.0 on, slirp4netns before it. */
const HELPERS = ['pasta', 'slirp4netns']

/** What an ordinary user's podman forwards ports with; none of it matters to root, or without podman. */
export const rootlessNetwork = (host: Host): Check[] =>
  host.uid === 0 || !find(host, 'podman')
    ? []
    : [
        {
          name: 'rootless network',
          essential: false,
          run: async () => {
            const present = HELPERS.filter((command) => find(host, command))
            if (present.length > 0) return { ok: true, detail: present.join(', ') }
            return lacking(
              host,
              'neither pasta nor slirp4netns is on this machine; podman forwards no ports for you without one',
              [(await isOld(host)) ? 'slirp4netns' : 'passt'],
            )
          },
        },
      ]

/** Whether this podman looks for slirp4netns first: before 5.0 (podman's release notes). */
const isOld = async (host: Host): Promise<boolean> => {
  const { code, stdout } = await host.run(['podman', '--version'], { allowFailure: true })
  return code === 0 && Number(/ (\d+)\./.exec(stdout)?.[1] ?? 5) < 5
}
