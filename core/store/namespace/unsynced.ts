import { writeFile } from 'node:fs/promises'
import { CODE, instruction } from '../../base/process/bpf.ts'
import { DATA, RETURN, X86_64 } from './seccomp.ts'

/** System calls that wait for a disk, by their numbers on x86-64: arch/x86/entry/syscalls/syscall_64.tbl of Linux. */
const SYNCS = { fsync: 74, fdatasync: 75, sync: 162, sync_file_range: 277, syncfs: 306 }

/** A seccomp filter under which those calls succeed and do nothing, as array of struct sock_filter. */
export const unsyncedFilter = (): Buffer => {
  const numbers = Object.values(SYNCS)
  return Buffer.concat([
    instruction(CODE.loadWord, DATA.architecture),
    instruction(CODE.jumpIfEqual, X86_64, 0, numbers.length + 1),
    instruction(CODE.loadWord, DATA.number),
    ...numbers.map((number, index) => instruction(CODE.jumpIfEqual, number, numbers.length - index)),
    instruction(CODE.return, RETURN.allow),
    instruction(CODE.return, RETURN.done),
  ])
}

/**
 * A command of the toolbox that waits for no disk, nor does what it starts. For what is thrown away if it is not
 * finished: dpkg waits for each file, half of the time that a tree takes. The filter is written to a file that the command can
 * read. It takes CAP_SYS_ADMIN in the namespace.
 */
export const unsynced = async (argv: readonly string[], filter: string): Promise<string[]> => {
  await writeFile(filter, unsyncedFilter())
  return ['setpriv', '--seccomp-filter', filter, ...argv]
}
