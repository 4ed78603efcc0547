import { eventually as within } from '../../core/testing/expect.ts'

/** Milliseconds: guests on a machine that has other work are slow. */
const PATIENCE = 120_000

/** Repeats a check until it does not throw, for as long as a busy machine may take. */
export const eventually = (check: () => Promise<void>): Promise<void> => within(check, PATIENCE)
