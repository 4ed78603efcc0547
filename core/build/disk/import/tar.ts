import { stat } from 'node:fs/promises'
import { damaged } from './damaged.ts'
import { tenths } from './progress.ts'
import type { Archive, ImageFile, ImportStep } from './types.ts'

// without --force-local a name with a colon is one on another host
const OPTIONS = [
  ...['--no-same-owner', '--no-same-permissions', '--no-wildcards', '--quoting-style=literal'],
  '--force-local',
]

const run = async (
  step: ImportStep,
  { path, name }: ImageFile,
  options: readonly string[],
  names: readonly string[],
  onLine: (line: string) => void,
) => {
  try {
    return await step.run(['tar', ...OPTIONS, ...options, `--file=${path}`, '--', ...names], {
      readable: [path],
      onLine,
      title: `tar ${options[0]} ${name}`,
    })
  } catch (error) {
    throw damaged(name, error)
  }
}

/** Bytes of a record, by which tar counts. */
const RECORD = 10_240

/** A tar archive, read by tar(1) in the toolbox. */
export const tar: Archive = {
  list: async (step, file) => {
    const { stdout } = await run(step, file, ['--list'], [], () => {})
    return stdout.split('\n').filter((name) => name !== '' && !name.endsWith('/'))
  },
  extract: async (step, file, names, directory) => {
    const tell = tenths(step.log, file.name, 'unpacked', (await stat(file.path)).size)
    const told = ['--checkpoint=1024', '--checkpoint-action=echo=%u']
    await run(step, file, ['--extract', `--directory=${directory}`, ...told], names, (line) => {
      const records = /^tar: (\d+)$/.exec(line)
      if (records) tell(Number(records[1]) * RECORD)
      else step.log.line(line)
    })
  },
}
