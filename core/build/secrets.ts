import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { reading, readText } from '../base/files/regular.ts'
import { isSecret } from '../base/model/secret.ts'
import type { Image } from '../contract/config/image.ts'
import type { Need } from '../contract/plugin/stages.ts'
import type { Lifecycle } from './lifecycle.ts'

/** What of a secret text is masked: the whole, and its lines, but none so short that it may be an ordinary word. */
export const maskable = (text: string): string[] => [
  text,
  ...text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= 6),
]

const inData = (value: unknown): string[] => {
  if (isSecret(value)) return maskable(value.reveal())
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(inData) : []
}

const inNeed = ({ inputs, needs = {} }: Need): string[] => [
  ...inData(inputs),
  ...Object.values(needs).flatMap(inNeed),
]

/** Every secret that an image's config and plugins name; kept out of the log of every step, cached ones included. */
export const secretsOf = (image: Image, { taps }: Lifecycle): Set<string> => {
  const files = [...image.config.files, ...image.config.configure.files]
    .filter(({ secret }) => secret)
    .map(({ from }) => resolve(image.directory, from))
    .filter((file) => !reading(file, () => statSync(file)).isDirectory())
  const steps = Object.values(taps).flat()
  return new Set([
    ...files.flatMap((file) => maskable(readText(file))),
    ...steps.flatMap(({ inputs, needs }) => [...inData(inputs), ...Object.values(needs).flatMap(inNeed)]),
  ])
}
