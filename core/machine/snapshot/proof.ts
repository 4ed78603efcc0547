/** How a check went; where it could not be made, why not. One that fails stops the publish. */
export type Finding = { checked: string[] } | { skipped: string }

/** One of the machines that ran side by side. */
export interface ProvenMachine {
  began: 'restored' | 'booted'
  /** Milliseconds until its guest ran. */
  restoredMs?: number
  /** Milliseconds until its guest answered, as `machine.ready` has it. */
  readyMs: number
  /** By slot. */
  macs: string[]
  /** Whether the guest shows those addresses, and none that it was saved with. */
  addresses: Finding
}

/** What a saved machine was seen to do before it was published. */
export interface Proof {
  version: 1
  machines: ProvenMachine[]
  /** Whether each reaches the others through its first data NIC, and sees them under their own addresses. */
  neighbours: Finding
  /** Whether those that were restored have become who they were told to be, and differ. */
  identities: Finding
}
