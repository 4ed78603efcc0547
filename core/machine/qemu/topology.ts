import { errors } from '../../base/errors/catalogue.ts'
import type { DiskSpec, MachineSpec } from '../../base/model/machine-spec.ts'

/**
 * Fixed places on the machine's root bus; data NICs come after them, so a guest finds them in slot order.
 * On pc they are one further: slot 1 is its south bridge.
 */
const SLOT = { management: 1, random: 2, disks: 3, lesson: 10, channel: 11, reserved: 12, data: 16 }
const LAST_SLOT = 30

/** A pci-bridge has 32 places, of which the first may be its own hotplug controller's. */
const BEHIND_BRIDGE = 31

/** Where a device of the guest is plugged in, as QEMU properties. */
export interface Topology {
  management: string
  random: string
  /** What goes before the lesson files, and their own place. */
  lesson: { bridge: string[]; place: { bus: string; addr: string } }
  channel: string
  disk(disk: DiskSpec, index: number): string
  /** How many NICs can be plugged in later. */
  spare: number
  /** Counts from 0. */
  reserved(index: number): string
  /** What goes before a data NIC, and its own place; the slot counts from 1. */
  data(slot: number): { bridge: string[]; place: string }
}

const hex = (value: number): string => `0x${value.toString(16)}`

/** On the root bus nothing can be plugged in later, except on pc; so where a machine is saved, behind a port. */
const lessonPlace = ({ snapshot, lesson }: MachineSpec, express: boolean): Topology['lesson'] => {
  if (!express) return { bridge: [], place: { bus: 'pci.0', addr: hex(SLOT.lesson + 1) } }
  const addr = hex(SLOT.lesson)
  if (!snapshot || !lesson) return { bridge: [], place: { bus: 'pcie.0', addr } }
  // numbers that no data NIC has
  const port = `pcie-root-port,id=lesson-port,bus=pcie.0,addr=${addr},chassis=200,slot=200`
  return { bridge: [port], place: { bus: 'lesson-port', addr: '0x0' } }
}

/** How many data NICs a machine has room for. */
const mostData = ({ bridge }: MachineSpec, express: boolean): number => {
  if (express) return (LAST_SLOT - SLOT.data + 1) * 8
  return (LAST_SLOT - SLOT.data) * (bridge ? BEHIND_BRIDGE : 1)
}

/** The place of a data NIC behind a pci-bridge, and the bridge before the first one on it. */
const behindBridge = (index: number, place: (slot: number) => string): ReturnType<Topology['data']> => {
  const [number, addr] = [Math.floor(index / BEHIND_BRIDGE), (index % BEHIND_BRIDGE) + 1]
  const id = `bridge${number + 1}`
  const bridge = `pci-bridge,id=${id},${place(SLOT.data + number)},chassis_nr=${number + 1},shpc=off`
  return { bridge: addr === 1 ? [bridge] : [], place: `bus=${id},addr=${hex(addr)}` }
}

/**
 * The layout of a machine type: a PCI Express port for each data NIC on q35, plain PCI slots on pc, or those behind
 * bridges. Throws MACHINE_INTERFACES, MACHINE_DISKS and MACHINE_BRIDGE.
 */
export const topologyOf = (spec: MachineSpec): Topology => {
  const express = spec.machine.includes('q35')
  const bus = express ? 'pcie.0' : 'pci.0'
  if (express && spec.bridge) throw errors.machineBridge(spec.machine)
  const most = mostData(spec, express)
  if (spec.interfaces > most) throw errors.machineInterfaces(spec.interfaces, most, spec.machine)
  const mostReserved = SLOT.data - SLOT.reserved
  if ((spec.reserved ?? 0) > mostReserved)
    throw errors.machineInterfaces(spec.reserved!, mostReserved, spec.machine, 'reserved interfaces')
  const virtioDisks = spec.disks.filter((disk) => disk.bus === 'virtio').length
  const mostDisks = SLOT.lesson - SLOT.disks
  if (virtioDisks > mostDisks) throw errors.machineDisks(virtioDisks, mostDisks, 'virtio')
  const mostDrives = express ? 6 : 4
  const drives = spec.disks.length - virtioDisks
  if (drives > mostDrives) throw errors.machineDisks(drives, mostDrives, 'ide')
  let next = 0
  const place = (slot: number) => `bus=${bus},addr=${hex(slot + (express ? 0 : 1))}`
  return {
    management: place(SLOT.management),
    random: place(SLOT.random),
    lesson: lessonPlace(spec, express),
    channel: place(SLOT.channel),
    spare: Math.min(spec.spare ?? 0, most - spec.interfaces),
    disk: (disk, index) => {
      if (disk.bus === 'virtio') return `virtio-blk-pci,${place(SLOT.disks + index)}`
      const position = next++
      // q35 has six SATA channels of one drive, pc two IDE channels of two
      return express ? `ide-hd,bus=ide.${position}` : `ide-hd,bus=ide.${position >> 1},unit=${position & 1}`
    },
    reserved: (index) => place(SLOT.reserved + index),
    data: (slot) => {
      const index = slot - 1
      if (spec.bridge) return behindBridge(index, place)
      if (!express) return { bridge: [], place: place(SLOT.data + index) }
      const at = `addr=${hex(SLOT.data + (index >> 3))}.${index & 7}`
      return {
        bridge: [
          `pcie-root-port,id=port${slot},bus=${bus},${at},chassis=${slot},slot=${slot},multifunction=on`,
        ],
        place: `bus=port${slot},addr=0x0`,
      }
    },
  }
}
