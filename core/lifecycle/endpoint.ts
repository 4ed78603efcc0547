import type { Guest } from '../guest/guest.ts'

/** An endpoint of a running lesson, reached over SSH. */
export interface Endpoint {
  readonly name: string
  readonly guest: Guest
}
