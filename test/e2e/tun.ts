const inOwnDev = (script: string, argv: readonly string[]): string[] => [
  'unshare',
  '--mount',
  'sh',
  '-ec',
  `mount -t tmpfs -o mode=755 test /dev/net; ${script}; exec "$@"`,
  'sh',
  ...argv,
]

/** Runs a command where there is no /dev/net/tun. */
export const withoutDevice = (argv: readonly string[]): string[] => inOwnDev(':', argv)

/** Runs a command where every user may use /dev/net/tun, as udev has it. */
export const withDevice = (argv: readonly string[]): string[] =>
  inOwnDev('mknod -m 666 /dev/net/tun c 10 200', argv)
