import { quote } from '../../base/text/quote.ts'
import type { Published } from '../../publish/publish.ts'
import { formatBytes } from '../arguments/parse.ts'

type Layers = Published['layout']['layers']

/** Layers as programs read them. */
const layersOf = (layers: Layers) =>
  layers.map(({ role, digest, bytes, redistributable }) => ({
    role,
    digest,
    bytes,
    ...(!redistributable && { redistributable }),
  }))

/** What was published and where it is, for programs. */
export const publishedDocument = ({ layout, pushed }: Published) => {
  const { name, key, manifestDigest, directory, layers, completes } = layout
  return {
    image: name,
    key,
    refs: [...layout.refs, ...(pushed ? [pushed] : [])],
    digest: manifestDigest,
    ...(completes && { completes }),
    layout: directory,
    layers: layersOf(layers),
  }
}

const note = ({ layout: { layers, completes, directory }, pushed }: Published): string[] => {
  if (completes)
    return [
      `completes to ${completes}`,
      "The vendor's disk is not in it. Who has the same disk completes it:",
      `  antidote hydrate ${pushed ?? directory} --disk <file>`,
    ]
  const vendors = layers.filter(({ redistributable }) => !redistributable)
  if (vendors.length === 0) return []
  const roles = [...new Set(vendors.map(({ role }) => role))].join(' and ')
  return [`A vendor's bits are in it (${roles}): it is for your own use, unless you may pass them on.`]
}

/** The same for people. */
export const publishedText = (
  published: Published,
  also: { meta?: string; dockerfile?: string; archive?: string } = {},
): string => {
  const { layout, engines, pushed, password } = published
  const { name, refs, user, layers, directory, manifestDigest } = layout
  const total = layers.reduce((sum, { bytes }) => sum + bytes, 0)
  const lines = [
    `${name}: ${formatBytes(total)} in ${layers.length} layers, ${manifestDigest}`,
    ...layers.map(({ role, bytes }) => `  ${role.padEnd(8)} ${formatBytes(bytes).padStart(8)}`),
    `layout ${directory}`,
    ...(also.meta ? [`platform ${also.meta}`] : []),
    ...(also.dockerfile ? [`build context ${also.dockerfile}`] : []),
    ...(also.archive ? [`archive ${also.archive}`] : []),
    ...(pushed ? [`pushed ${pushed}`] : []),
    ...engines.map((engine) => `loaded into ${engine}: ${refs.join(', ')}`),
    ...note(published),
    ...(engines[0]
      ? [
          '',
          'Run it and log in:',
          `  ${engines[0]} run -d --name ${name} -p 127.0.0.1:2222:22 ${refs[0]}`,
          `  ssh -p 2222 ${user}@127.0.0.1${password ? `    # the password is ${password}` : ''}`,
        ]
      : also.archive
        ? [
            '',
            'Load it:',
            `  podman load --input ${quote(also.archive)}`,
            `  docker load --input ${quote(also.archive)}`,
          ]
        : []),
  ]
  return `${lines.join('\n')}\n`
}
