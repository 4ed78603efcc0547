import { z } from 'zod'
import { formed, ofForm } from '../../base/validation/form.ts'

/** A file or directory that a guest gets. */
export const file = z.strictObject({
  /** A file or directory, relative to the config. */
  from: z.string().min(1),
  /** An absolute path in the guest. */
  to: ofForm<`/${string}`>(formed(/^\//, 'must be an absolute path in the guest')),
  /** Octal digits, for example "0640". */
  mode: ofForm<`${number}`>(formed(/^0?[0-7]{3,4}$/, 'must be octal digits like "0644"')).optional(),
  /** "user" or "user:group". */
  owner: formed(/^[\w.-]+(:[\w.-]+)?$/, 'must be "user" or "user:group"').optional(),
  /** Keeps the content out of logs and keys in the clear. */
  secret: z.boolean().default(false),
})

export type FileConfig = z.output<typeof file>
