import { AntidoteError } from './error.ts'

/** A kernel option that the kernel's own rules did not let stand. */
export interface Lost {
  name: string
  wanted: string
  got: string
}

/** Errors of what Linux guests are made of. */
export const linuxErrors = {
  packagesUnfinished: (names: readonly string[], finish: string) => {
    const shown = names.slice(0, 5).join(', ')
    const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
    return new AntidoteError(
      'PACKAGES_UNFINISHED',
      `${names.length === 1 ? 'A package is' : `${names.length} packages are`} only half installed after provisioning: ${shown}${more}.`,
      {
        lines: names.slice(5, 20),
        hint: `A script ended with 0 although installing them failed. Let it fail with \`set -eu\`, or finish them with \`${finish}\`.`,
      },
    )
  },
  hostnameLong: (image: string) =>
    new AntidoteError(
      'HOSTNAME_LONG',
      `The image's name has ${image.length} characters; the name of a host has at most 63.`,
      {
        exitCode: 2,
        hint: "Name the machine with the plugin's option `hostname`, or give the image a shorter name.",
      },
    ),
  kernelOption: (source: string, lost: readonly Lost[]) => {
    const [first, ...others] = lost
    const more = others.length > 0 ? ` (and ${others.length} more)` : ''
    return new AntidoteError(
      'KERNEL_OPTION',
      `The kernel option ${first!.name}=${first!.wanted} cannot be had: ${source} makes it ${first!.got}${more}.`,
      {
        lines: others.slice(0, 14).map(({ name, wanted, got }) => `${name}: asked for ${wanted}, got ${got}`),
        hint: `Ask for what ${first!.name} depends on as well, or leave it out.`,
      },
    )
  },
}
