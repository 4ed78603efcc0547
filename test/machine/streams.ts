import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listen } from '../../core/machine/qemu/listen.ts'

/** Two ends of a Unix socket: ours, as the product listens on it, and that of who would be QEMU. */
export const socketPair = async (): Promise<{ ours: Socket; theirs: Socket }> => {
  const directory = await mkdtemp(join(tmpdir(), 'antidote-test-'))
  const listening = await listen(join(directory, 'socket'))
  const theirs = connect(join(directory, 'socket'))
  const [ours] = await Promise.all([listening.peer, once(theirs, 'connect')])
  await rm(directory, { recursive: true })
  return { ours, theirs }
}
