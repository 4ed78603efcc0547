// A target that breaks in each way that there is: what the watcher is tried on. The first letter of an input says how.
import { join } from 'node:path'
import { Broken, type Target } from '../target.ts'

const ways: Record<string, () => unknown> = {
  crash: () => {
    throw new TypeError('a mistake')
  },
  later: () => setImmediate(ways.crash!),
  hang: () => {
    for (;;);
  },
  memory: () => {
    const all: object[] = []
    for (;;) all.push({ all })
  },
  exit: () => process.kill(process.pid, 'SIGTERM'),
  declared: () => {
    throw new Broken('as it should')
  },
}

export const target: Target = {
  corpus: join(import.meta.dirname, 'bad'),
  words: [],
  read: (input) => ways[input.toString()]?.(),
  expects: (error) => error instanceof Broken,
}
