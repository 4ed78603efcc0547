import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../../core/base/process/run.ts'
import { takeOut } from '../../../core/build/disk/import/archive.ts'
import type { ImportStep } from '../../../core/build/disk/import/types.ts'
import { scratch } from '../scratch.ts'
import { codes, type Target } from '../target.ts'

const directory = scratch()
// who unpacks is nobody, and has to get there
chmodSync(directory, 0o755)
// the clone may be closed to nobody
const PROGRAM = fileURLToPath(new URL('../../../core/build/disk/import/unzip.py', import.meta.url))
const program = join(directory, 'unzip.py')
copyFileSync(PROGRAM, program)

/**
 * The programs run in the toolbox' namespace elsewhere. Here they are nobody, who can change nothing, and write no large file.
 * They end by themselves if this process is killed.
 */
const FENCE = [
  ...['env', 'PATH=/usr/bin:/bin'],
  ...['timeout', '--signal=KILL', '60', 'prlimit', `--fsize=${16 << 20}`, `--as=${1 << 30}`, '--'],
  ...(process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'] : []),
]

const stepIn = (work: string): ImportStep => ({
  directory,
  signal: new AbortController().signal,
  out: work,
  work,
  log: { info: () => {}, warn: () => {}, line: () => {} },
  run: (argv, { readable: _readable, ...options } = {}) =>
    run([...FENCE, ...argv.map((word) => (word === PROGRAM ? program : word))], options),
  download: () => Promise.reject(new Error('nothing is fetched')),
  ref: (path) => ({ step: 'own', path }),
})

const isZip = (input: Buffer): boolean => input.subarray(0, 2).toString('latin1') === 'PK'

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/archives'),
  words: [
    'PK\x01\x02',
    'PK\x03\x04',
    'PK\x05\x06',
    'PK\x06\x06',
    'ustar\0' + '00',
    'disk.ovf',
    'disk.vmdk',
    '../',
    '/etc/passwd',
    '\0',
  ],
  read: async (input) => {
    const file = join(directory, 'archive')
    const work = join(directory, 'work')
    rmSync(work, { recursive: true, force: true })
    mkdirSync(work)
    const umask = process.umask(0)
    writeFileSync(file, input)
    try {
      await takeOut(
        stepIn(work),
        { path: file, name: 'archive', extents: [] },
        isZip(input) ? 'zip' : 'tar',
        'to',
      )
    } finally {
      process.umask(umask)
    }
  },
  expects: codes(/^DISK_/),
}
