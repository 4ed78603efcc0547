// Gives a target its inputs, one after the other: children/cases.ts MODULE SEED FIRST SECONDS FILE
// The number of the input stands in FILE before it is read, for whoever watches from outside.
import { openSync, writeSync } from 'node:fs'
import { inspect } from 'node:util'
import { Inputs, type Target } from '../target.ts'

const [module, seed, first, seconds, file] = process.argv.slice(2)
const { target } = (await import(module!)) as { target: Target }
const inputs = new Inputs(target, Number(seed))
const progress = openSync(file!, 'w')
const end = performance.now() + Number(seconds) * 1000

const fail = (error: unknown): never => {
  writeSync(2, `${inspect(error).slice(0, 4000)}\n`)
  process.exit(1)
}
process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)

let index = Number(first)
do {
  writeSync(progress, String(index).padEnd(16), 0)
  const { input, random } = inputs.at(index)
  try {
    await target.read(input, random)
  } catch (error) {
    if (!target.expects?.(error)) fail(error)
  }
  // what an input has begun may fail a turn later
  if (index % 64 === 0) await new Promise(setImmediate)
  index++
} while (performance.now() < end)
await new Promise(setImmediate)
process.exit(0)
