import { SOURCE_DATE_EPOCH } from '../epoch.ts'
import type { PortSpec } from '../machine/spec.ts'
import type { Layer } from './layer.ts'

/** What is said about an image in its config. */
export interface ImageDescription {
  name: string
  description: string
  version: string
  /** What the endpoint is, for whoever lists images: `linux`, `junos`. */
  kind: string
  /** Who logs in. */
  user: string
  ports: readonly PortSpec[]
  entrypoint: readonly string[]
  /** An SPDX expression. */
  licenses?: string
  /** Labels of the image's own. */
  labels?: Readonly<Record<string, string>>
}

export const CREATED = new Date(SOURCE_DATE_EPOCH * 1000).toISOString()

/** Pre-defined annotation keys of the OCI image specification, then our own. */
export const labelsOf = (image: ImageDescription): Record<string, string> => ({
  'org.opencontainers.image.title': image.name,
  'org.opencontainers.image.description': image.description,
  'org.opencontainers.image.version': image.version,
  'org.opencontainers.image.created': CREATED,
  ...(image.licenses && { 'org.opencontainers.image.licenses': image.licenses }),
  'io.antidote.image': image.name,
  'io.antidote.kind': image.kind,
  'io.antidote.user': image.user,
  ...image.labels,
})

/** The config of an image: OCI image specification 1.1, "Image Configuration". */
export const configOf = (image: ImageDescription, layers: readonly Layer[]) => ({
  created: CREATED,
  architecture: 'amd64',
  os: 'linux',
  config: {
    Entrypoint: image.entrypoint,
    Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root'],
    WorkingDir: '/',
    ExposedPorts: Object.fromEntries(image.ports.map(({ port, protocol }) => [`${port}/${protocol}`, {}])),
    Labels: labelsOf(image),
    StopSignal: 'SIGTERM',
  },
  rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
  history: layers.map(({ role }) => ({ created: CREATED, created_by: `antidote publish: ${role}` })),
})
