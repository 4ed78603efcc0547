import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { randomName, sha256 } from '../base/files/digest.ts'
import { canonical, type Data, type Described } from '../base/model/key.ts'
import type { Image } from '../contract/config/image.ts'
import { toolboxKey } from '../store/toolbox/recipe.ts'
import type { PlannedStep } from './plan.ts'

/** What the steps of an image were last made from. */
export type History = Record<string, { key: string; described: Described }>

const identity = ({ stage, tap }: PlannedStep) => `${stage}/${tap.plugin}/${tap.name}`

const historyFile = (store: { directory: string }, image: Image) =>
  join(store.directory, 'history', `${sha256(`${image.file}\0${image.name}`).slice(0, 32)}.json`)

/** The history of an image in this store; empty where nothing was built yet. */
export const readHistory = async (store: { directory: string }, image: Image): Promise<History> => {
  try {
    return JSON.parse(await readFile(historyFile(store, image), 'utf8')) as History
  } catch {
    return {}
  }
}

/** Remembers what steps were made from. */
export const writeHistory = async (
  store: { directory: string },
  image: Image,
  steps: readonly PlannedStep[],
): Promise<void> => {
  const file = historyFile(store, image)
  const history = await readHistory(store, image)
  for (const step of steps) history[identity(step)] = { key: step.key, described: step.described }
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${randomName()}`
  await writeFile(temporary, JSON.stringify(history))
  await rename(temporary, file)
}

const isSecretDigest = (data: Data | undefined): boolean =>
  typeof data === 'string' && data.startsWith('secret:')

const short = (data: Data | undefined): string => {
  if (data === undefined) return 'nothing'
  const text = isSecretDigest(data) ? 'a secret' : canonical(data)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

const isRecord = (data: Data | undefined): data is Record<string, Data> =>
  typeof data === 'object' && data !== null && !Array.isArray(data)

const changes = (before: Data | undefined, after: Data | undefined, path: string): string[] => {
  if (before !== undefined && after !== undefined && canonical(before) === canonical(after)) return []
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
    return names.flatMap((name) => changes(before[name], after[name], path ? `${path}.${name}` : name))
  }
  if (
    Array.isArray(before) &&
    Array.isArray(after) &&
    [...before, ...after].every((item) => typeof item === 'string')
  ) {
    const added = after.filter((item) => !before.includes(item)).map((item) => `+${item}`)
    const removed = before.filter((item) => !after.includes(item)).map((item) => `-${item}`)
    if (added.length + removed.length > 0)
      return [`option "${path}" changed: ${[...added, ...removed].join(' ')}`]
  }
  if (isSecretDigest(before) && isSecretDigest(after))
    return [`option "${path}" changed from a secret to another`]
  return [`option "${path || 'options'}" changed from ${short(before)} to ${short(after)}`]
}

/** Why a step's key differs from the last time: one sentence for each option, file, need or parent that changed. */
export const whyChanged = (step: PlannedStep, history: History): string[] => {
  const last = history[identity(step)]
  if (!last) return ['never built here']
  if (last.key === step.key) return ['its result is no longer in the store']
  const before = last.described
  const after = step.described
  const files = [...new Set([...Object.keys(before.files), ...Object.keys(after.files)])]
    .filter((file) => before.files[file] !== after.files[file])
    .map(
      (file) =>
        `file ${file} ${file in before.files ? (file in after.files ? 'changed' : 'was removed') : 'was added'}`,
    )
  const needs = [...new Set([...Object.keys(before.needs), ...Object.keys(after.needs)])]
    .filter((need) => before.needs[need] !== after.needs[need])
    .map((need) => `what it needs changed: ${need}`)
  const reasons = [
    ...(before.version === after.version
      ? []
      : [`plugin ${after.plugin} changed from ${before.version} to ${after.version}`]),
    ...changes(before.inputs, after.inputs, ''),
    ...files,
    ...needs,
  ]
  if (before.parent !== after.parent) {
    const previous = Object.values(history).some(({ key }) => key === before.parent)
    const first = after.parent === toolboxKey
    reasons.push(
      previous
        ? 'the step before it changed'
        : first
          ? 'the toolbox changed'
          : 'the step before it, or the toolbox, changed',
    )
  }
  return reasons
}
