import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { SessionExec } from 'antidote'
import type { Event } from './events.ts'

/** What ansible sends: a line of JSON, and so many bytes after it. */
type Message = { bytes: number } & ({ exec: string[]; root: boolean } | { mask: string[] } | Event)

interface Ends {
  exec: SessionExec
  onEvent(event: Event): void
  mask(text: string): void
}

/** Bytes of a message before its payload: a command, or the result of a task. */
const LONGEST_HEAD = 16 << 20

/** Reads the line before a payload. Throws where it is none: what runs in a playbook may reach the socket, too. */
const headOf = (line: string): Message => {
  const head = JSON.parse(line) as Message | null
  if (typeof head !== 'object' || head === null || !(Number.isSafeInteger(head.bytes) && head.bytes >= 0))
    throw new Error('it is no message')
  const known = 'exec' in head ? head.exec : 'mask' in head ? head.mask : [head.event]
  if (!Array.isArray(known) || !known.every((one) => typeof one === 'string'))
    throw new Error('it is no message')
  return head
}

/** Reads messages from what comes over a connection. */
const reader = (take: (message: Message, payload: Buffer) => void) => {
  let chunks: Buffer[] = []
  let size = 0
  let message: Message | undefined
  return (chunk: Buffer): void => {
    chunks.push(chunk)
    size += chunk.length
    for (;;) {
      if (message && size < message.bytes) return
      const all = Buffer.concat(chunks)
      const end = message ? message.bytes : all.indexOf('\n') + 1
      chunks = [all]
      if (!message && end === 0 && size > LONGEST_HEAD) throw new Error('it is too long')
      if (!message && end === 0) return
      chunks = [all.subarray(end)]
      size = all.length - end
      if (message) take(message, all.subarray(0, end))
      message = message ? undefined : headOf(all.subarray(0, end).toString())
    }
  }
}

const answer = (socket: Socket, head: object, ...payload: Buffer[]): void => {
  socket.write(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...payload]))
}

const serve = (socket: Socket, { exec, onEvent, mask }: Ends): void => {
  const gone = new AbortController()
  // a task that was given up, at its timeout, has closed its connection
  socket.once('close', () => gone.abort(new Error('ansible has given the command up')))
  socket.on('error', () => socket.destroy())
  const run = async (argv: string[], root: boolean, input: Buffer): Promise<void> => {
    try {
      const { code, stdout, stderr } = await exec(argv, { root, input, signal: gone.signal })
      answer(socket, { code, sizes: [stdout.length, stderr.length] }, stdout, stderr)
    } catch (error) {
      if (socket.writable) answer(socket, { error: error instanceof Error ? error.message : String(error) })
    }
  }
  const take = (message: Message, payload: Buffer): void => {
    if ('exec' in message) void run(message.exec, message.root, payload)
    else if ('mask' in message) {
      for (const text of message.mask) mask(text)
      answer(socket, {})
    } else onEvent(message)
  }
  const read = reader(take)
  socket.on('data', (chunk: Buffer) => {
    try {
      read(chunk)
    } catch {
      // whoever speaks another language is hung up on
      socket.destroy()
    }
  })
}

/** The socket at which ansible finds its guest, in a directory for our eyes only. */
export interface Bridge {
  directory: string
  path: string
  close(): Promise<void>
}

/** Opens it. A path of a socket holds 108 bytes at most: unix(7). */
export const openBridge = async (ends: Ends): Promise<Bridge> => {
  const directory = await mkdtemp('/tmp/antidote-ansible-')
  const atExit = () => rmSync(directory, { recursive: true, force: true })
  process.once('exit', atExit)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serve(socket, ends)
  })
  const path = join(directory, 'socket')
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve)
  })
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
    await rm(directory, { recursive: true, force: true })
    process.off('exit', atExit)
  }
  return { directory, path, close }
}
