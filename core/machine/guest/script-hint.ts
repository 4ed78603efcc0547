import { open } from 'node:fs/promises'
import type { Guest } from './guest.ts'

/** What is looked at of a script, in bytes. */
const HEAD = 64 * 1024

/** What a shell and env(1) end with when there is no such program, or it cannot be run. */
const NOT_STARTED = [126, 127]

const headOf = async (file: string): Promise<string> => {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** The program that a script names in its first line; for env(1), the one that this looks for. */
const interpreterOf = (head: string): string | undefined => {
  const [, program, first, second] = /^#![ \t]*(\S+)(?:[ \t]+(\S+))?(?:[ \t]+(\S+))?/.exec(head) ?? []
  if (!program?.endsWith('/env')) return program
  return first === '-S' ? second : first
}

const IS_THERE = 'command -v -- "$1" >/dev/null'

/** What to do about a script of the host that failed in a guest, where its own text tells; nothing where not. */
export const scriptHint = async (guest: Guest, file: string, status: number): Promise<string | undefined> => {
  const head = await headOf(file)
  if (/\r\n|\r$/.test(head)) {
    return "Its lines end as on Windows (CR LF), which a shell takes for part of the command. Change them with `sed -i 's/\\r$//'`, and have git keep them with `*.sh text eol=lf` in .gitattributes."
  }
  const interpreter = interpreterOf(head)
  if (!interpreter || !NOT_STARTED.includes(status)) return undefined
  const { code } = await guest.exec(['sh', '-c', IS_THERE, 'sh', interpreter], { allowFailure: true })
  if (code === 0) return undefined
  return `Its first line names ${interpreter}, which the guest does not have: install it, or begin the script with \`#!/bin/sh\`.`
}
