import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Inputs, type Target } from './target.ts'

// where the targets make theirs; some programs that they start are nobody
const directory = mkdtempSync(join(tmpdir(), 'antidote-fuzz-'))
chmodSync(directory, 0o711)
process.env.TMPDIR = directory
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const names = readdirSync(join(import.meta.dirname, 'targets')).map((name) => name.replace(/\.ts$/, ''))

// what was once found stays in the corpus, and is read by each of these tests
describe.each(names)('%s', async (name) => {
  const { target } = (await import(`./targets/${name}.ts`)) as { target: Target }
  const files = readdirSync(target.corpus).sort()
  const inputs = new Inputs(target, 1)

  test.each(files.map((file, index) => [file, index] as const))('%s', async (_, index) => {
    const { input, random } = inputs.at(index)
    const outcome = await Promise.resolve()
      .then(() => target.read(input, random))
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    expect(outcome === undefined || target.expects?.(outcome) ? undefined : outcome).toBeUndefined()
  })

  test('the same seed gives the same inputs, and another one others', () => {
    const again = new Inputs(target, 1)
    const other = new Inputs(target, 2)
    const indices = Array.from({ length: 20 }, (_, index) => files.length + index)
    for (const index of indices) expect(again.at(index).input.equals(inputs.at(index).input)).toBe(true)
    expect(indices.every((index) => other.at(index).input.equals(inputs.at(index).input))).toBe(false)
  })
})
