import { type MachineSpec, SERVERS } from '../../base/model/machine-spec.ts'
import { table } from '../../base/text/table.ts'
import type { Finding, Proof } from '../../machine/snapshot/proof.ts'
import type { Hardware } from '../../machine/snapshot/record.ts'
import { countPlaces, listPlaces } from '../../machine/snapshot/summary.ts'
import type { Inspected } from '../../publish/oci/inspect.ts'
import { formatBytes, formatTime } from '../arguments/parse.ts'

/** What is printed: a record's long lists are counted, or listed where they are asked for. */
export const documentOf = ({ saved, ...image }: Inspected, places: boolean) => ({
  ...image,
  saved: saved.map(({ record, ...one }) => {
    const { saved, qemu, hardware, proof, memory, state } = record
    return {
      ...one,
      saved,
      qemu,
      hardware,
      memory: { bytes: memory.bytes, places: memory.places.length },
      state: { bytes: state.bytes, places: state.places.length },
      addresses: countPlaces(record),
      ...(places && { places: listPlaces(record) }),
      ...(proof && { proof }),
    }
  }),
})

export type InspectDocument = ReturnType<typeof documentOf>

type Saved = InspectDocument['saved'][number]

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`

const hardware = ({ machine, cpu, cpus, memory }: MachineSpec | Hardware): string =>
  `${machine}, ${count(cpus, 'CPU')} (${cpu}), ${memory} MiB`

const cards = ({ nic, interfaces, interfaceNames }: MachineSpec): string =>
  `${nic}, one for management and ${interfaces} for data${interfaceNames ? ` (${interfaceNames.join(', ')})` : ''}`

const ready = ({ ready }: MachineSpec): string =>
  `${SERVERS[ready.kind]} on port ${ready.port}${ready.kind === 'http' ? `, ${ready.path}` : ''}`

const nicOf = (slot: number | undefined): string => (slot === undefined ? 'other' : `nic${slot}`)

const finding = (found: Finding): string =>
  'skipped' in found ? `not tried: ${found.skipped}` : found.checked.join(', ')

/** How the machines fared side by side before the image was published. */
const proof = ({ machines, neighbours, identities }: Proof): string[][] => {
  const told = machines.map(({ restoredMs, readyMs }) =>
    restoredMs === undefined
      ? `booted, ready after ${formatTime(readyMs)}`
      : `restored in ${restoredMs} ms, ready after ${formatTime(readyMs)}`,
  )
  const lines = [
    ...told,
    ...machines.slice(0, 1).map(({ addresses }) => `own addresses: ${finding(addresses)}`),
    `neighbours: ${finding(neighbours)}`,
    `identities: ${finding(identities)}`,
  ]
  return lines.map((line, index) => [index === 0 ? 'proof' : '', line])
}

/** A part of the text: a title, and what is under it. */
const part = (title: string, lines: readonly string[]): string[] => [
  title,
  ...lines.map((line) => (line === '' ? '' : `  ${line}`)),
  '',
]

const savedPart = (saved: Saved): string[] =>
  part(`saved under ${saved.accelerator.toUpperCase()}`, [
    ...table([
      ['saved', saved.saved],
      ['QEMU', saved.qemu],
      ['hardware', hardware(saved.hardware)],
      ['memory', `${formatBytes(saved.memory.bytes)}, ${count(saved.memory.places, 'place')} of addresses`],
      ['devices', `${formatBytes(saved.state.bytes)}, ${count(saved.state.places, 'place')} of addresses`],
      ...(saved.proof ? proof(saved.proof) : []),
      [
        'tests',
        saved.tests
          ? `${saved.tests.booted.length} passed booted, ${saved.tests.restored.length} restored`
          : 'not run',
      ],
    ]),
    '',
    ...table([
      ['card', 'address', 'form', 'memory', 'devices'],
      ...saved.addresses.map(({ slot, address, form, memory, state }) => [
        nicOf(slot),
        address,
        form,
        String(memory),
        String(state),
      ]),
    ]),
    ...(saved.places
      ? [
          '',
          ...table([
            ['in', 'offset', 'card', 'form'],
            ...saved.places.map(({ in: where, offset, slot, form }) => [
              where === 'state' ? 'devices' : where,
              `0x${offset.toString(16)}`,
              nicOf(slot),
              form,
            ]),
          ]),
        ]
      : []),
  ])

/** What keeps a layer from being passed on, or that it is not there. */
const standing = ({ redistributable, missing }: InspectDocument['layers'][number]): string =>
  missing ? "the vendor's, not here" : redistributable === false ? "the vendor's, not redistributable" : ''

const deltaPart = ({ completes, disk }: NonNullable<InspectDocument['delta']>): string[] =>
  part(
    "vendor's disk",
    table([
      ['file', disk.name],
      ['sha256', disk.sha256],
      ['converted by', disk.converter],
      ['completes to', completes],
    ]),
  )

/** What an image holds, for people. */
export const inspectText = (document: InspectDocument): string => {
  const { image, version, description, key, digest, layers, delta, machine, saved } = document
  return [
    ...part(
      `${image} ${version}`,
      table([
        ['description', description],
        ['digest', digest],
        ['key', key],
      ]),
    ),
    ...part(
      'layers',
      table(
        layers.map((layer) => [layer.role || '-', formatBytes(layer.bytes), layer.digest, standing(layer)]),
      ),
    ),
    ...(delta ? deltaPart(delta) : []),
    ...part(
      'machine',
      table([
        ['hardware', hardware(machine)],
        ['accelerator', machine.accelerator],
        ['disks', machine.disks.map(({ path, bus }) => `${path} (${bus})`).join(', ')],
        ['boots', machine.directBoot ? machine.directBoot.cmdline : 'from its first disk'],
        ['cards', cards(machine)],
        ['ports', machine.ports.map(({ port, protocol }) => `${port}/${protocol}`).join(', ') || 'none'],
        ['ready', ready(machine)],
        ['user', machine.login.user],
      ]),
    ),
    ...saved.flatMap(savedPart),
  ].join('\n')
}
