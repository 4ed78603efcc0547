import { z } from 'zod'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { SnapshotRecord } from '../../machine/snapshot/record.ts'

const port = z.int().min(0).max(65_535)

/** What `inspect` shows of a machine.json: an image in a registry may have been written by anybody. */
const machine = z.looseObject({
  machine: z.string(),
  cpu: z.string(),
  cpus: z.int(),
  memory: z.number(),
  accelerator: z.string(),
  disks: z.array(z.looseObject({ path: z.string(), bus: z.string() })),
  directBoot: z.looseObject({ cmdline: z.string() }).optional(),
  nic: z.string(),
  interfaces: z.int(),
  interfaceNames: z.array(z.string()).optional(),
  ports: z.array(z.looseObject({ port, protocol: z.string() })),
  ready: z.looseObject({ kind: z.enum(['ssh', 'netconf', 'http']), port, path: z.string().optional() }),
  login: z.looseObject({ user: z.string() }),
  saved: z
    .array(
      z.looseObject({
        accelerator: z.string(),
        directory: z.string(),
        sha256: z.string(),
        tests: z.looseObject({ booted: z.array(z.string()), restored: z.array(z.string()) }).optional(),
      }),
    )
    .default([]),
})

const places = z.array(z.tuple([z.int(), z.int(), z.string()]))
const finding = z.union([
  z.looseObject({ checked: z.array(z.string()) }),
  z.looseObject({ skipped: z.string() }),
])

/** The same of the record of a saved machine. */
const record = z
  .looseObject({
    saved: z.string(),
    qemu: z.string(),
    hardware: z.looseObject({ machine: z.string(), cpu: z.string(), cpus: z.int(), memory: z.number() }),
    sentinels: z.array(z.string()),
    others: z.array(z.string()),
    memory: z.looseObject({ bytes: z.number(), places }),
    state: z.looseObject({ bytes: z.number(), places }),
    proof: z
      .looseObject({
        machines: z.array(
          z.looseObject({ restoredMs: z.number().optional(), readyMs: z.number(), addresses: finding }),
        ),
        neighbours: finding,
        identities: finding,
      })
      .optional(),
  })
  .refine(
    ({ sentinels, others, memory, state }) =>
      [...memory.places, ...state.places].every(
        ([, index]) => index >= 0 && index < sentinels.length + others.length,
      ),
    'a place has an address that is not listed',
  )

/** Levels of a document. What prints one as JSON calls itself for each, and has room for some thousand. */
const DEEPEST = 50

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1)))

const parsed = (schema: z.ZodType, text: string, what: string): unknown => {
  const value: unknown = JSON.parse(text)
  if ((value as MachineSpec | null)?.version !== 1)
    throw new Error(`its ${what} is of another version of antidote`)
  if (isDeeper(value, DEEPEST)) throw new Error(`its ${what} is nested more than ${DEEPEST} deep`)
  const { data, error } = schema.safeParse(value)
  if (!error) return data
  const { path, message } = error.issues[0]!
  throw new Error(`its ${what} is wrong at "${path.join('.')}": ${message}`)
}

/** Reads a machine.json of an image. Throws an Error with the reason. */
export const parseMachine = (text: string): MachineSpec =>
  parsed(machine, text, 'machine.json') as MachineSpec

/** Reads the record of a saved machine of an image. Throws an Error with the reason. */
export const parseRecord = (text: string, what: string): SnapshotRecord =>
  parsed(record, text, what) as SnapshotRecord
