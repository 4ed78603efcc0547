import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Image } from '../config/image.ts'
import { reading, readText } from '../files/regular.ts'
import type { Lifecycle } from './lifecycle.ts'
import { isSecret } from './secret.ts'
import type { Need } from './stages.ts'

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
