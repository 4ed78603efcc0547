import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'
import type { StatusDocument } from '../../core/launcher/report/board.ts'
import { Console } from '../../core/machine/qemu/console.ts'
import { socketPair } from '../machine/streams.ts'

/** A status as the tests want it. */
export const statusOf = (change: Partial<StatusDocument> = {}): StatusDocument => ({
  image: 'lab',
  state: 'starting',
  started: '2026-01-02T03:04:05.000Z',
  since: '2026-01-02T03:04:05.000Z',
  machine: { cpus: 1, memory: 256, hostname: 'lab', disk: 'discard' },
  settings: {},
  management: { mode: 'forward', ports: [] },
  interfaces: [],
  lesson: 'none',
  ...change,
})

/** A machine's console, and the end of it where the guest would be. */
export const serialConsole = async (): Promise<{ console: Console; guest: Socket }> => {
  const { ours, theirs } = await socketPair()
  const console = new Console(ours)
  onTestFinished(() => {
    theirs.destroy()
    console.close()
  })
  return { console, guest: theirs }
}

/** A port of a server that does with a connection what the test says. */
export const listenWith = async (onSocket: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    onSocket(socket.on('error', () => socket.destroy()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

/** The commands in one file, bundled as the launcher is, and how to take it away. */
export const bundle = async (): Promise<{ script: string; remove(): void }> => {
  const directory = mkdtempSync(join(tmpdir(), 'antidote-test-'))
  const script = join(directory, 'launcher.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('./children/commands.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['cpu-features', '*.node'],
    logLevel: 'error',
    outfile: script,
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url), __dirname = import.meta.dirname;",
    },
  })
  return { script, remove: () => rmSync(directory, { recursive: true, force: true }) }
}
