import { errors } from '../../base/errors/catalogue.ts'
import { messageOf } from '../../base/errors/error.ts'
import { sha256 } from '../../base/files/digest.ts'
import type { MachineSpec, SavedMachine } from '../../base/model/machine-spec.ts'
import { FILES, type SnapshotRecord } from '../../machine/snapshot/record.ts'
import { completedDigest, type MissingLayer } from './delta.ts'
import { type ContentOptions, readImageFile } from './layer-content.ts'
import { parseMachine, parseRecord } from './machine-json.ts'
import { MACHINE_DIRECTORY } from './machine-layers.ts'
import type { StandingImage, StandingLayer } from './read-layout.ts'

/** A saved machine of a published image, with its whole record. */
export type InspectedSnapshot = SavedMachine & { record: SnapshotRecord }

/** What a published image holds, as it says itself. */
export interface Inspected {
  /** The image's name, what it is, and what it was made from. */
  image: string
  version: string
  description: string
  key: string
  /** Of the manifest. */
  digest: string
  layers: StandingLayer[]
  /** What it is completed to, and the vendor's file that it takes. */
  delta?: { completes: string; disk: MissingLayer['disk'] }
  machine: Omit<MachineSpec, 'saved'>
  saved: InspectedSnapshot[]
}

/** Reads what a published image holds out of its layers. Throws IMAGE_UNREADABLE. */
export const inspectImage = async (
  image: StandingImage,
  source: string,
  options: ContentOptions,
): Promise<Inspected> => {
  const read = (path: string, role: 'machine' | 'snapshot') =>
    readImageFile(image, { path: `${MACHINE_DIRECTORY}/${path}`, role, source }, options)
  const parsed = <T>(parse: () => T): T => {
    try {
      return parse()
    } catch (error) {
      throw errors.imageUnreadable(source, messageOf(error).replace(/\.$/, ''))
    }
  }
  const text = await read('machine.json', 'machine')
  const { saved = [], ...machine } = parsed(() => parseMachine(text))
  const snapshots: InspectedSnapshot[] = []
  for (const one of saved) {
    const path = `${one.directory}/${FILES.record}`
    const text = await read(path, 'snapshot')
    if (sha256(text) !== one.sha256)
      throw errors.imageUnreadable(source, `its /${MACHINE_DIRECTORY}/${path} is not as it was written`)
    snapshots.push({ ...one, record: parsed(() => parseRecord(text, path)) })
  }
  const label = (name: string) => image.labels[name] ?? ''
  return {
    image: label('io.antidote.image'),
    version: label('org.opencontainers.image.version'),
    description: label('org.opencontainers.image.description'),
    key: label('io.antidote.key'),
    digest: image.digest,
    layers: image.layers,
    ...(image.delta && {
      delta: { completes: completedDigest(image.delta), disk: image.delta.missing.disk },
    }),
    machine,
    saved: snapshots,
  }
}
