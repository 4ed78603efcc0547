import { readFile } from 'node:fs/promises'
import { errors } from '../../base/errors/catalogue.ts'
import { table } from '../../base/text/table.ts'
import { listLogs } from '../../store/logs.ts'
import { storeDirectory } from '../../store/read.ts'
import { formatBytes, formatWhen } from '../arguments/parse.ts'
import { type GlobalOptions, print } from '../session/common.ts'

interface Options extends GlobalOptions {
  last?: boolean
}

export default async (name: string | undefined, options: Options): Promise<number> => {
  const store = storeDirectory()
  const all = await listLogs(store)
  const logs = all.filter((log) => name === undefined || log.name === name)
  const [newest] = logs
  if (options.last) {
    if (!newest) throw errors.logMissing(name, store, all.length > 0)
    const text = await readFile(newest.file, 'utf8')
    print(options, { ...newest, lines: text.split('\n').slice(0, -1) }, () => text)
    return 0
  }
  print(options, { store, logs }, () =>
    logs.length === 0
      ? `There is no log${name === undefined ? '' : ` of "${name}"`} in ${store}.\n`
      : `${table(logs.map((log) => [log.name, formatWhen(log.time), formatBytes(log.bytes), log.file])).join('\n')}\n`,
  )
  return 0
}
