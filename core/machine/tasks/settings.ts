import { z } from 'zod'
import { formed, ofForm } from '../../base/validation/form.ts'
import { file } from './file.ts'
import { HOSTNAME, INTERFACE, shownAddress } from './network.ts'

/** What a running endpoint is given over SSH: of an image, or of a stage of a lesson. */
export const guestSettings = z.strictObject({
  hostname: formed(HOSTNAME, 'must be a host name').optional(),
  /** By the names that the guest has for its interfaces: addresses with their lengths. */
  interfaces: z
    .record(
      formed(INTERFACE, 'must be the name of an interface'),
      z.array(
        ofForm<`${string}/${number}`>(
          formed((text) => shownAddress(text) !== undefined, 'must be an address like "10.0.0.1/24"'),
        ),
      ),
    )
    .default({}),
  files: z.array(file).default([]),
  /** Restarted after one of the files was written. */
  services: z.array(formed(/^[A-Za-z0-9_][\w.@:-]*$/, 'must be the name of a service')).default([]),
})

export type GuestSettings = z.output<typeof guestSettings>
