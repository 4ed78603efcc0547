// npm run fuzz -- [--target NAME] [--seconds N] [--seed N] [--case N]
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Inputs, type Target } from './target.ts'
import { watch } from './watch.ts'

/** Targets that run at once. */
const JOBS = 2

/** Where an input that did harm is kept. */
const FOUND = join(import.meta.dirname, 'found')

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    case: { type: 'string' },
  },
})
const known = readdirSync(join(import.meta.dirname, 'targets'))
  .map((name) => name.replace(/\.ts$/, ''))
  .sort()
const names = values.target ?? known
const seed = Number(values.seed)
const first = Number(values.case ?? 0)
const wrong = names.find((name) => !known.includes(name))
if (wrong !== undefined || ![seed, first, Number(values.seconds)].every(Number.isFinite)) {
  process.stderr.write(
    `npm run fuzz -- [--target NAME] [--seconds N] [--seed N] [--case N]\nTargets: ${known.join(', ')}\n`,
  )
  process.exit(2)
}

const jobs = Math.min(JOBS, names.length)
const seconds = values.case === undefined ? (Number(values.seconds) * jobs) / names.length : 0
process.stdout.write(`${names.length} targets, ${seconds.toFixed(1)} s each, seed ${seed}\n`)

const run = async (name: string): Promise<boolean> => {
  const module = new URL(`./targets/${name}.ts`, import.meta.url).href
  const { inputs, failure } = await watch({ module, seed, first, seconds })
  if (!failure) {
    process.stdout.write(`  ok ${name}: ${inputs} inputs\n`)
    return true
  }
  const { target } = (await import(module)) as { target: Target }
  const file = join(FOUND, `${name}-${seed}-${failure.index}`)
  mkdirSync(FOUND, { recursive: true })
  writeFileSync(file, new Inputs(target, seed).at(failure.index).input)
  process.stdout.write(
    `  FAILED ${name}: ${failure.what}\n` +
      `    input ${file}\n    again: npm run fuzz -- --target ${name} --seed ${seed} --case ${failure.index}\n`,
  )
  return false
}

const waiting = [...names]
let failed = 0
await Promise.all(
  Array.from({ length: jobs }, async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      if (!(await run(name))) failed++
  }),
)
process.exit(failed > 0 ? 1 : 0)
