import type { AcceleratorName } from '../../base/model/machine-spec.ts'
import type { Plugin } from '../plugin/plugin.ts'

// What an author writes, for editors: they show these comments. test/contract/config/input.test.ts holds it to the schema.

/** A size: a number with `M` (MiB) or `G` (GiB), such as `'512M'` or `'1.5G'`. */
export type Size = `${number}${'M' | 'G'}`

/** A port of the guest with its protocol, such as `'80/tcp'`. */
export type Port = `${number}/${'tcp' | 'udp'}`

/** What shows that the guest is ready, such as `'ssh'`, `'netconf:830'` or `'http:8080/health'`. */
export type ReadyText = `${'ssh' | 'netconf'}${'' | `:${number}`}` | `http:${number}${'' | `/${string}`}`

/** A plugin, or a preset's list of them. */
export type PluginList = Plugin | readonly PluginList[]

/** A file or directory to copy into the guest. */
export interface FileInput {
  /** A file or directory, relative to the config. Its content is part of the step's key. */
  from: string
  /** An absolute path in the guest. If it ends in `/`, the name of `from` is added, as `cp` does. */
  to: `/${string}`
  /** Permission bits in octal digits, such as `'0640'`; the file's own if left out. */
  mode?: `${number}` | undefined
  /** `'user'` or `'user:group'`; `root:root` if left out. */
  owner?: string | undefined
  /** Masks the lines of the file in the log of its step. */
  secret?: boolean | undefined
}

/** The size of the disk. */
export interface DiskInput {
  /** The whole disk; from the content if left out. */
  size?: Size | undefined
  /** Free room beside the content, where `size` is left out; `'256M'` if left out. */
  margin?: Size | undefined
}

/** The machine. What is set here has the last word over the plugins. */
export interface MachineInput {
  /** Memory of the guest; `'512M'` if left out. */
  memory?: Size | undefined
  /** Virtual processors: 1 to 64. */
  cpus?: number | undefined
  /** A QEMU CPU model; `max` emulated and `host` under KVM if left out. */
  cpu?: string | undefined
  /** The model of every network card; `virtio-net-pci` if left out. */
  nic?: 'virtio-net-pci' | 'e1000' | undefined
  /** How many network cards there are beside the one for management, or the container's interfaces in the guest's order. */
  interfaces?: number | string[] | undefined
  /** How many more cards can be plugged in while the machine runs. */
  spare?: number | undefined
  /** What the guest may connect to in `boot` and `test`: nothing, or all that this host reaches; `none` if left out. */
  outgoing?: 'none' | 'all' | undefined
  /** `forward`: forwarded ports. `transparent`: the container's own address for the guest. */
  management?: 'forward' | 'transparent' | undefined
  /** What shows that the guest is ready; `'ssh'` if left out. */
  ready?: ReadyText | undefined
  /** `auto` takes KVM where it works, else emulation. */
  accelerator?: 'auto' | AcceleratorName | undefined
  /** What starts the boot loader on the disk; what the disk needs if left out. */
  firmware?: 'bios' | 'uefi' | undefined
  /** Save the booted machine when the image is published, so that containers restore it instead of booting. */
  snapshot?: boolean | { accelerators: AcceleratorName[] } | undefined
  /** Seconds until the guest has to be ready; 300 if left out. */
  deadline?: number | undefined
}

/** What the lesson platform reads about the image in `image.meta.yaml`. */
export interface PlatformInput {
  /** How lessons call the image. */
  slug?: string | undefined
  /** How much its container may do; `untrusted` if left out. */
  flavor?: 'legacy' | 'trusted' | 'untrusted' | undefined
  /** Whether its container forwards packets. */
  enableForwarding?: boolean | undefined
  /** The container's interfaces, in the order of the guest's. */
  networkInterfaces?: string[] | undefined
  /** Who configures the endpoint when a lesson starts. */
  configUser?: string | undefined
  configPassword?: string | undefined
}

/** What `antidote configure` gives every running endpoint of the image. */
export interface GuestInput {
  /** Its name, now and after its next start. */
  hostname?: string | undefined
  /** Exactly these addresses, by the guest's names for its interfaces. */
  interfaces?: Record<string, `${string}/${number}`[]> | undefined
  /** Files and directories for the running guest. */
  files?: FileInput[] | undefined
  /** Services to restart in order after one of the files was written. */
  services?: string[] | undefined
}

/** One image, as `defineImage` takes it. */
export interface ImageInput {
  /** Lower-case letters and digits, with single `.`, `_` or `-` between. The tag and the hostname come from it. */
  name: string
  /** One line about the image, for a label of what is published. */
  description?: string | undefined
  /** The version, for a label of what is published; `latest` if left out. */
  version?: string | undefined
  /** The time of its sources, such as `'2026-11-30'`; that of the last commit in its directory if left out. */
  created?: string | undefined
  /** The plugins and presets that build the image, in the order of their steps. Lists may hold lists. */
  use: readonly PluginList[]
  /** Files and directories to copy into the guest, before every script. */
  files?: FileInput[] | undefined
  /** Scripts to run as root in the tree before the taps of the plugins. */
  pre?: string | string[] | undefined
  /** A script to run as root in the tree after the taps of the plugins. */
  install?: string | undefined
  /** Scripts to run as root in the tree at the end of provisioning. */
  post?: string | string[] | undefined
  /** Scripts to run as root in the booted machine, after its disk was made. */
  live?: string | string[] | undefined
  /** A script to run in the booted machine, as the image's user. */
  test?: string | undefined
  /** Seconds that each test may take; 900 if left out. */
  testDeadline?: number | undefined
  /** TCP ports of this host's loopback that build steps reach, beside those in addresses of the config and of proxies. */
  loopback?: number[] | undefined
  /** The size of the disk. */
  disk?: DiskInput | undefined
  /** The machine. What is set here has the last word over the plugins. */
  machine?: MachineInput | undefined
  /** Ports of the guest that are forwarded, beside those that plugins add; `['22/tcp']` if left out. */
  ports?: Port[] | undefined
  /** What the lesson platform reads about the image in `image.meta.yaml`. */
  platform?: PlatformInput | undefined
  /** What `antidote configure` gives every running endpoint of the image. */
  configure?: GuestInput | undefined
  /** Labels of the published image. */
  labels?: Record<string, string> | undefined
  /** How the layers of the published image are compressed; `zstd` if left out. */
  layers?: 'zstd' | 'gzip' | undefined
}
