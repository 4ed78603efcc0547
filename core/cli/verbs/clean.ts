import { cleanStore } from '../../store/clean.ts'
import { Store } from '../../store/store.ts'
import { formatBytes } from '../arguments/parse.ts'
import { type GlobalOptions, print } from '../session/common.ts'

interface Options extends GlobalOptions {
  olderThan?: number
  maxSize?: number
  all?: boolean
}

export default async (options: Options): Promise<number> => {
  const store = await new Store().open()
  const result = await cleanStore(store, options)
  print(options, { store: store.directory, ...result }, () => {
    const { removed, freed, left } = result
    return `${removed} ${removed === 1 ? 'entry' : 'entries'} removed, ${formatBytes(freed)} freed, ${formatBytes(left)} left in ${store.directory}\n`
  })
  return 0
}
