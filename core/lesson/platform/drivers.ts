/**
 * The drivers that the lesson platform knows by the ends of file names (`<endpoint>-<driver>.txt`), with the dialect of
 * NETCONF that a device with one speaks, if it does. In releases up to 0.5 the driver stood in the lesson.
 */
export const DRIVERS: Readonly<Record<string, string | undefined>> = {
  junos: 'junos',
  eos: undefined,
  iosxr: undefined,
  nxos: undefined,
  nxos_ssh: undefined,
  ios: undefined,
}
