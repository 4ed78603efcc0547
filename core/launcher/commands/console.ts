import type { Socket } from 'node:net'
import { withRawTerminal } from '../../machine/ssh/terminal.ts'
import { controlSocket, type Environment, openConsole } from './control-client.ts'

/** Ctrl-], as in telnet(1). */
const LEAVE = 0x1d

/** Types what the person types, until the key that leaves. */
const type = (socket: Socket): (() => void) => {
  const onData = (chunk: Buffer) => {
    const leave = chunk.indexOf(LEAVE)
    if (leave < 0) socket.write(chunk)
    else socket.end(chunk.subarray(0, leave))
  }
  process.stdin.on('data', onData).once('end', () => socket.end())
  return () => process.stdin.off('data', onData)
}

/** Joins standard input and output to the serial console, until either ends. */
const join = async (socket: Socket, first: Buffer): Promise<void> => {
  const { stdout } = process
  stdout.write(first)
  socket.pipe(stdout, { end: false })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  // a launcher that was killed; `close` follows
  socket.on('error', () => socket.destroy())
  const stop = type(socket)
  await closed
  stop()
}

/** The guest's serial console: interactive on a terminal, by standard input and output elsewhere. */
export default async (_words: readonly string[], env: Environment): Promise<number> => {
  const { stdin, stderr } = process
  const { socket, first } = await openConsole(controlSocket(env))
  if (stdin.isTTY) {
    stderr.write('The serial console; Ctrl-] leaves.\n')
    await withRawTerminal(() => join(socket, first))
    stderr.write('\n')
  } else await join(socket, first)
  stdin.destroy()
  return 0
}
