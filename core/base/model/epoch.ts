/** Every file gets at most this time, so that two builds give the same bytes: 2025-01-01, UTC. */
export const SOURCE_DATE_EPOCH = 1735689600
