import type { PortSpec } from '../../base/model/machine-spec.ts'
import type { Layer } from './layer.ts'
import { STATE_DIRECTORY } from './runtime-files.ts'

/** What is said about an image in its config. */
export interface ImageDescription {
  name: string
  description: string
  version: string
  /** The time of its sources: RFC 3339, in UTC. */
  created: string
  /** What the endpoint is, for whoever lists images: `linux`, `junos`. */
  kind: string
  /** Who logs in. */
  user: string
  ports: readonly PortSpec[]
  /** Seconds from start to ready. */
  deadline: number
  entrypoint: readonly string[]
  /** The image key: equal for what is made from the same. */
  key: string
  /** An SPDX expression. */
  licenses?: string
  /** `false` where a vendor's bits are in it. */
  redistributable?: false
  /** Labels of the image's own. */
  labels?: Readonly<Record<string, string>>
}

/** The label and the annotation that say what an image was made from. */
export const KEY_LABEL = 'io.antidote.key'

/** The label of an image and the annotation of a layer with a vendor's bits in it, which say "false". */
export const REDISTRIBUTABLE = 'io.antidote.redistributable'

/** Where the launcher answers probes over HTTP. */
const HEALTH_PORT: PortSpec = { port: 8099, protocol: 'tcp' }

const SECOND = 1_000_000_000

/** Pre-defined annotation keys of the OCI image specification, then our own. */
export const labelsOf = (image: ImageDescription): Record<string, string> => ({
  'org.opencontainers.image.title': image.name,
  'org.opencontainers.image.description': image.description,
  'org.opencontainers.image.version': image.version,
  'org.opencontainers.image.created': image.created,
  ...(image.licenses && { 'org.opencontainers.image.licenses': image.licenses }),
  'io.antidote.image': image.name,
  'io.antidote.kind': image.kind,
  'io.antidote.user': image.user,
  ...image.labels,
  ...(image.redistributable === false && { [REDISTRIBUTABLE]: 'false' }),
  [KEY_LABEL]: image.key,
})

/**
 * The config of an image: OCI image specification 1.1, "Image Configuration"; `Healthcheck` is Docker's own field
 * (Docker image specification 1.3), with times in nanoseconds.
 */
export const configOf = (image: ImageDescription, layers: readonly Layer[]) => ({
  created: image.created,
  architecture: 'amd64',
  os: 'linux',
  config: {
    Entrypoint: image.entrypoint,
    // Perl complains of a locale that is not there, on the standard error of what it runs
    Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'PERL_BADLANG=0'],
    WorkingDir: '/',
    ExposedPorts: Object.fromEntries(
      [...image.ports, HEALTH_PORT].map(({ port, protocol }) => [`${port}/${protocol}`, {}]),
    ),
    Volumes: { [STATE_DIRECTORY]: {} },
    Healthcheck: {
      Test: ['CMD', '/usr/bin/antidote', 'health'],
      Interval: 10 * SECOND,
      // the command itself gives up after five
      Timeout: 8 * SECOND,
      StartPeriod: image.deadline * SECOND,
      Retries: 3,
    },
    Labels: labelsOf(image),
    StopSignal: 'SIGTERM',
  },
  rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
  history: layers.map(({ role }) => ({ created: image.created, created_by: `antidote publish: ${role}` })),
})

/** The parts of an image's config that a builder sets by instructions. */
export type ContainerConfig = ReturnType<typeof configOf>['config']
