import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { antidoteJson, imageDirectory } from './cli.ts'
import { endpointName } from './endpoint-name.ts'
import { podman, podmanEnvironment } from './podman.ts'

/** The image that the tests of published containers run: Debian without anything but what they look at. */
export const ENDPOINT = endpointName()

export const USER = 'antidote'
export const PASSWORD = 'antidotepassword'

/** Beside SSH: LLDP, an answer on a forwarded UDP port, and one on a TCP port that is not forwarded. */
export const ECHO = { udp: 161, tcp: 7007 }

const SETTINGS = `use: [debianEndpoint({ packages: ['lldpd', 'socat'] })],
  install: 'install.sh',
  ports: ['22/tcp', '${ECHO.udp}/udp'],
  machine: { memory: '256M', interfaces: 4 },`

const INSTALL = `#!/bin/sh
set -eu
cat >>/etc/inittab <<'END'
::respawn:/usr/bin/socat UDP4-RECVFROM:${ECHO.udp},fork EXEC:/bin/cat
::respawn:/usr/bin/socat TCP4-LISTEN:${ECHO.tcp},fork,reuseaddr EXEC:/bin/cat
END
`

/** Writes the image directory; wherever it is, its steps are the same. */
export const endpointDirectory = (parent: string): string =>
  imageDirectory(parent, 'endpoint', SETTINGS, { 'install.sh': INSTALL })

/** What `publish` tells. */
export interface Published {
  refs: string[]
  digest: string
  layout: string
  layers: { role: string; digest: string; bytes: number }[]
}

/** Publishes the image without its tests, which are another file's, with the engines of an environment. */
export const publishTo = async (
  env: NodeJS.ProcessEnv,
  directory: string,
  ...options: string[]
): Promise<Published> => {
  const args = ['-C', directory, 'publish', '--no-test', ...options]
  const { code, ...published } = await antidoteJson<Published>(args, { env })
  if (code !== 0)
    throw new Error(`antidote ${args.join(' ')} ended with ${code}: ${JSON.stringify(published)}`)
  return published
}

/** The same with podman. */
export const publishEndpoint = (directory: string, ...options: string[]): Promise<Published> =>
  publishTo(podmanEnvironment, directory, ...options)

/** What engines call an image: the digest of its config. */
const imageId = ({ layout, digest }: Published): string => {
  const manifest = readFileSync(join(layout, 'blobs', digest.replace(':', '/')), 'utf8')
  return (JSON.parse(manifest) as { config: { digest: string } }).config.digest.replace('sha256:', '')
}

/** Builds the image, or takes it from the store, and loads it into podman if that has another or none. */
export const loadEndpoint = async (parent: string): Promise<void> => {
  const directory = endpointDirectory(parent)
  const published = await publishEndpoint(directory, '--tag', ENDPOINT)
  const loaded = await podman('image', 'inspect', '--format', '{{.Id}}', ENDPOINT)
  if (loaded.stdout.trim() !== imageId(published))
    await publishEndpoint(directory, '--tag', ENDPOINT, '--load')
}
