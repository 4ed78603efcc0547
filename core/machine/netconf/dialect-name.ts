/** Whose way of speaking a server has; `generic` is the one of the RFCs. */
export type DialectName = 'generic' | 'junos'
