import { rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Checkpoint } from '../lifecycle/artifact.ts'
import type { MachineWorld } from './world.ts'

/** How a machine's memory is kept: without its zeros, so that it is quick to seal, and small however it is copied. */
const KEPT = 'qcow2'

type Place = Pick<MachineWorld, 'tools' | 'path' | 'signal'>

/** Keeps a memory, whose file goes. Gives the bytes that are kept. */
export const packMemory = async ({ tools, signal }: Place, from: string, to: string): Promise<number> => {
  const argv = ['qemu-img', 'convert', '-f', 'raw', '-O', KEPT, from, to]
  await tools.run(argv, { writable: [dirname(from), dirname(to)], signal })
  await rm(from)
  return (await stat(to)).size
}

/** A memory of its own from one that is kept: QEMU writes into the file that it maps. */
export const unpackMemory = async (
  { tools, path, signal }: Place,
  { memory }: Checkpoint,
  to: string,
): Promise<void> => {
  const from = path(memory)
  const argv = ['qemu-img', 'convert', '-f', KEPT, '-O', 'raw', from, to]
  await tools.run(argv, { readable: [from], writable: [dirname(to)], signal })
}
