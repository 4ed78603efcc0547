import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errors } from '../../../base/errors/catalogue.ts'
import { lastLines } from '../../../base/text/lines.ts'
import { tenths } from './progress.ts'
import type { Archive, ImageFile, ImportStep } from './types.ts'

/** Its exit status for an archive that cannot be read. */
const UNREADABLE = 3

const python = async (
  step: ImportStep,
  { path, name }: ImageFile,
  words: readonly string[],
  onLine: (line: string) => void,
): Promise<string> => {
  const script = fileURLToPath(new URL('./unzip.py', import.meta.url))
  const [verb, ...rest] = words
  const { code, stdout, stderr } = await step.run(['python3', '-IB', script, verb!, path, ...rest], {
    readable: [dirname(script), path],
    onLine,
    title: `unzip ${name}`,
    allowFailure: true,
  })
  if (code === 0) return stdout
  const lines = lastLines(stderr)
  if (code === UNREADABLE) throw errors.diskDamaged(name, lines.at(-1)!)
  throw errors.commandFailed(`unzip ${name}`, `exit status ${code}`, lines)
}

/** A ZIP archive, read by Python in the toolbox: there is no unzip. */
export const zip: Archive = {
  list: async (step, file) => JSON.parse(await python(step, file, ['list'], () => {})) as string[],
  extract: async (step, file, names, directory) => {
    let tell: { total: string; at: (bytes: number) => void } | undefined
    await python(step, file, ['extract', directory, ...names], (line) => {
      const [, bytes, total] = /^(\d+) (\d+)$/.exec(line) ?? []
      if (total === undefined) return step.log.line(line)
      if (tell?.total !== total) tell = { total, at: tenths(step.log, file.name, 'unpacked', Number(total)) }
      tell.at(Number(bytes))
    })
  },
}
