import { afterAll, beforeAll } from 'vitest'
import { Cables } from './cables.ts'

/** Cables for the tests of one file: swept before the first, and after the last. */
export const makeCables = (prefix: string): Cables => {
  const cables = new Cables(prefix)
  beforeAll(() => cables.sweep())
  afterAll(() => cables.sweep())
  return cables
}
