import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { Console } from '../../../core/machine/qemu/console.ts'
import { listen } from '../../../core/machine/qemu/listen.ts'
import { Dialogue } from '../../../core/machine/serial/dialogue.ts'
import { socketPair } from '../streams.ts'

const TERMINAL = fileURLToPath(new URL('./children/terminal.py', import.meta.url))

export interface OnTerminal {
  dialogue: Dialogue
  log: string[]
  child: ChildProcess
}

/** A dialogue with a real program on a real terminal. */
export const onTerminal = async (
  argv: readonly string[],
  { columns = 80, spam = 0, signal }: { columns?: number; spam?: number; signal?: AbortSignal } = {},
): Promise<OnTerminal> => {
  const directory = await mkdtemp(join(tmpdir(), 'antidote-serial-'))
  const { peer, close } = await listen(join(directory, 'line'))
  const child = spawn(
    'python3',
    [TERMINAL, join(directory, 'line'), String(columns), String(spam), '--', 'env', 'PS1=guest# ', ...argv],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { PATH: process.env.PATH, TERM: 'vt100', HOME: '/', LANG: 'C.UTF-8' },
    },
  )
  const gone = once(child, 'close')
  const line = await peer
  const log: string[] = []
  const dialogue = new Dialogue(new Console(line), {
    name: 'test',
    log: (text) => log.push(text),
    ...(signal && { signal }),
  })
  onTestFinished(async () => {
    dialogue.close()
    line.destroy()
    await gone
    await close()
    await rm(directory, { recursive: true })
  })
  return { dialogue, log, child }
}

/** A dialogue with whatever the test says. */
export const scripted = async (signal?: AbortSignal, mask?: (secret: string) => void) => {
  const { ours, theirs } = await socketPair()
  const log: string[] = []
  const dialogue = new Dialogue(new Console(ours), {
    name: 'test',
    log: (text) => log.push(text),
    ...(signal && { signal }),
    ...(mask && { mask }),
  })
  let typed = ''
  theirs.on('data', (chunk) => {
    typed += chunk
  })
  theirs.on('error', () => {})
  onTestFinished(() => {
    dialogue.close()
    ours.destroy()
    theirs.destroy()
  })
  return { dialogue, guest: theirs, log, typed: () => typed }
}
