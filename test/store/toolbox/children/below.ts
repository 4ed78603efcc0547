// below.ts DIRECTORY KERNEL: writes below a directory that a namespace may only read, where something else is mounted
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runIn } from '../../../../core/store/namespace/namespace.ts'

const [directory] = process.argv.slice(2) as [string]
writeFileSync(join(directory, 'below/there'), '')
execFileSync('test', ['-w', join(directory, 'below')])
const script = '(: >"$1/below/new") 2>/dev/null && echo WRITTEN || echo refused; test -e "$1/below/there"'
const { stdout } = await runIn({ operations: [{ host: true }, { bind: directory, readOnly: true }] })([
  'sh',
  '-c',
  script,
  'sh',
  directory,
])
process.stdout.write(stdout)
