import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StepRecord } from '../../core/store/record.ts'
import { Store } from '../../core/store/store.ts'
import { write } from './directory.ts'

/** A key of the right form. */
export const keyFor = (name: string): string => Buffer.from(name).toString('hex').padEnd(32, '0').slice(0, 32)

/** A record as the lifecycle gives it to `commit`. */
export const recordFor = (
  key: string,
  refers: string[] = [],
): Omit<StepRecord, 'fingerprint' | 'digest' | 'files' | 'bytes'> => ({
  version: 1,
  key,
  described: {
    stage: 'rootfs',
    plugin: 'test',
    version: '1',
    tap: key,
    inputs: null,
    files: {},
    needs: {},
    parent: '',
  },
  refers,
  ms: 1,
})

/** Makes an entry with these files. */
export const entry = async (
  store: Store,
  key: string,
  files: Record<string, string>,
  refers: string[] = [],
): Promise<StepRecord> => {
  const draft = await store.draft(key)
  write(draft.directory, files)
  return draft.commit(recordFor(key, refers))
}

/** Another store object on the same directory, as another process would have it. */
export const reopened = (store: Store): Promise<Store> => new Store(store.directory).open()

export const overwrite = (store: Store, key: string, name: string, content: string): void =>
  writeFileSync(join(store.directory, 'steps', key, name), content)
