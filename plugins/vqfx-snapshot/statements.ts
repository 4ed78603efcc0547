/** What the switch is told. */
export interface Wanted {
  hostname: string
  user: string
}

/** The address of the management card in QEMU's user network, and the one that the forwarding engine knows. */
export const ADDRESSES = { em0: '10.0.0.15/24', em1: '169.254.0.2/24' } as const

/** QEMU's end of that network. Who connects from outside of the container keeps its address, so there must be a way back. */
export const GATEWAY = '10.0.0.2'

/**
 * The configuration as set commands, those with a password apart: images/vqfx-snap1/README.md of
 * nre-learning/nrelabs-curriculum, and with the route of vrnetlab's vqfx. The zero-touch upgrade is switched off as its own
 * message on the console says; it would load another configuration over this one.
 */
export const statements = ({ hostname }: Wanted): string[] => [
  'delete chassis auto-image-upgrade',
  'delete system login user vagrant',
  'delete interfaces',
  ...Object.entries(ADDRESSES).map(
    ([card, address]) => `set interfaces ${card} unit 0 family inet address ${address}`,
  ),
  `set routing-options static route 0.0.0.0/0 next-hop ${GATEWAY}`,
  `set system host-name ${hostname}`,
  'set system services ssh',
  'set system services netconf ssh',
  'set system services netconf rfc-compliant',
]

/**
 * The statements with a password, as its hash: so the rules for plain-text passwords do not apply, nor do prompts. A
 * commit is refused while root has none ("Missing mandatory statement: 'root-authentication'").
 */
export const passwordStatements = ({ user }: Wanted, hash: string): string[] => [
  `set system root-authentication encrypted-password "${hash}"`,
  `set system login user ${user} class super-user authentication encrypted-password "${hash}"`,
]
