// much.ts: runs a command that prints 300 MB, logs each line, and prints by how many bytes the process grew.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../../../core/base/process/run.ts'
import { BuildLog } from '../../../../core/build/log.ts'

const directory = mkdtempSync(join(tmpdir(), 'antidote-much-'))
mkdirSync(join(directory, 'logs'))
const log = new BuildLog(directory, 'much')
const before = process.resourceUsage().maxRSS
const line = 'x'.repeat(1000)
await run(['sh', '-c', `yes ${line} | head -c 300000000`], {
  endOnly: true,
  onLine: (text) => log.line('much', text),
})
await log.close()
const bytes = statSync(log.path).size
rmSync(directory, { recursive: true })
console.log(`logged ${bytes} grown ${(process.resourceUsage().maxRSS - before) * 1024}`)
