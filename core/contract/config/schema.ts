import { z } from 'zod'
import type { Ready } from '../../base/model/machine-spec.ts'
import { formed, ofForm } from '../../base/validation/form.ts'
import { mibOf, SIZE } from '../../base/validation/size.ts'
import { file } from '../../machine/tasks/file.ts'
import { guestSettings } from '../../machine/tasks/settings.ts'
import type { Plugin } from '../plugin/plugin.ts'
import type { PluginList, Port, ReadyText, Size } from './input.ts'

const path = z.string().min(1)
const scripts = z
  .union([path, z.array(path)], 'must be a path or a list of paths')
  .transform((value) => (Array.isArray(value) ? value : [value]))

/** MiB. */
const size = ofForm<Size>(formed(SIZE, 'must be a size like "512M" or "2G"')).transform(mibOf)

const isPort = (text: string): boolean => {
  const [, port, protocol] = /^(\d{1,5})\/(tcp|udp)$/.exec(text) ?? []
  return protocol !== undefined && Number(port) >= 1 && Number(port) <= 65535
}

const STANDARD = { ssh: 22, netconf: 830 }

const parseReady = (text: string): Ready => {
  const [, kind, port, path] = /^([a-z]+)(?::(\d+))?(\/.*)?$/.exec(text)!
  if (kind === 'http') return { kind, port: Number(port), path: path ?? '/' }
  const handshake = kind as 'ssh' | 'netconf'
  return { kind: handshake, port: port ? Number(port) : STANDARD[handshake] }
}

const machine = z.strictObject({
  memory: size.optional(),
  cpus: z.int().min(1).max(64).optional(),
  /** A QEMU CPU model. */
  cpu: z.string().min(1).optional(),
  nic: z.enum(['virtio-net-pci', 'e1000']).optional(),
  /** NICs beside the one for management, or the container's interfaces in slot order. */
  interfaces: z
    .union(
      [z.int().min(0).max(32), z.array(z.string().regex(/^(?!eth0$)[^\s/]{1,15}$/)).max(32)],
      'must be a number up to 32 or a list of names of interfaces, without eth0',
    )
    .optional(),
  /** How many more can be plugged into a saved machine. */
  spare: z.int().min(0).max(32).optional(),
  /** Forwards of ports, or the container's own address for the guest. */
  management: z.enum(['forward', 'transparent']).optional(),
  /** What the guest may connect to through its management interface. */
  outgoing: z.enum(['none', 'all']).optional(),
  /** What shows that the guest is ready: "ssh", "netconf" or "http:8080/path". */
  ready: ofForm<ReadyText>(
    formed(
      /^(ssh|netconf)(:\d{1,5})?$|^http:\d{1,5}(\/\S*)?$/,
      'must be like "ssh", "netconf:830" or "http:8080/"',
    ),
  )
    .transform(parseReady)
    .optional(),
  accelerator: z.enum(['auto', 'kvm', 'tcg']).optional(),
  /** What starts the boot loader on the disk. */
  firmware: z.enum(['bios', 'uefi']).optional(),
  /** Save the booted machine when the image is published, and restore it in containers. */
  snapshot: z
    .union(
      [
        z.boolean(),
        z.strictObject({
          accelerators: z.array(z.enum(['tcg', 'kvm'])).min(1, 'must name "tcg", "kvm" or both'),
        }),
      ],
      'must be true, false, or { accelerators: [...] } with "tcg", "kvm" or both',
    )
    .optional(),
  /** Seconds until the guest must answer over SSH. */
  deadline: z.int().min(1).optional(),
})

/** What the lesson platform is told of the image; the patterns are its own. */
const platform = z.strictObject({
  slug: formed(/^[A-Za-z0-9-]+$/, 'must be letters, digits and "-"').optional(),
  flavor: z.enum(['legacy', 'trusted', 'untrusted']).optional(),
  enableForwarding: z.boolean().optional(),
  /** Names of the container's interfaces, in the order of the guest's slots. */
  networkInterfaces: z
    .array(formed(/^(?!eth0$)[^\s/]{1,15}$/, 'must be the name of an interface, and not eth0'))
    .optional(),
  configUser: z.string().min(1).optional(),
  configPassword: z.string().min(1).optional(),
})

const plugin = z.custom<Plugin>()
const plugins: z.ZodType<readonly PluginList[], readonly PluginList[]> = z.array(
  z.lazy(() => z.union([plugins, plugin])),
)

/** What an image may be called. */
export const IMAGE_NAME = /^[a-z0-9]+([._-][a-z0-9]+)*$/

/** One image. What each setting means is in docs/reference/config.md. */
export const imageSchema = z.strictObject({
  name: formed(IMAGE_NAME, 'must be lower-case letters and digits, with single ., _ or - between'),
  description: z.string().min(1).default('An endpoint image'),
  version: z.string().min(1).optional(),
  created: z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], {
      error: 'must be a date like "2026-11-30" or "2026-11-30T12:00:00Z"',
    })
    .optional(),
  use: plugins,
  files: z.array(file).default([]),
  pre: scripts.default([]),
  install: path.optional(),
  post: scripts.default([]),
  live: scripts.default([]),
  test: path.optional(),
  /** Seconds that each test may take. */
  testDeadline: z.int().min(1).max(86_400).default(900),
  disk: z.strictObject({ size: size.optional(), margin: size.optional() }).default({}),
  machine: machine.default({}),
  ports: z
    .array(ofForm<Port>(formed(isPort, 'must be a port from 1 to 65535 and a protocol, like "22/tcp"')))
    .default(['22/tcp']),
  platform: platform.default({}),
  configure: guestSettings.default({ interfaces: {}, files: [], services: [] }),
  /** TCP ports of this host's loopback that build steps reach. */
  loopback: z.array(z.int().min(1).max(65535)).default([]),
  labels: z.record(z.string(), z.string()).default({}),
  layers: z.enum(['zstd', 'gzip']).default('zstd'),
})

export type ImageConfig = z.output<typeof imageSchema>
export type { FileConfig } from '../../machine/tasks/file.ts'

/** The settings an image can have, for the nearest one to a typing error. */
export const settings = (path: readonly PropertyKey[]): string[] => {
  let schema: unknown = imageSchema
  for (const part of path) {
    schema = unwrap(schema)
    if (schema instanceof z.ZodArray) schema = schema.element
    else if (schema instanceof z.ZodObject) schema = schema.shape[part as string]
    else return []
  }
  schema = unwrap(schema)
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

const unwrap = (schema: unknown): unknown =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? unwrap(schema.unwrap()) : schema
