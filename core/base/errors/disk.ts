import { AntidoteError } from './error.ts'

/** Errors of disk images that come from somewhere else. */
export const diskErrors = {
  diskImageMissing: (path: string) =>
    new AntidoteError('DISK_IMAGE_MISSING', `The disk image ${path} does not exist or is not a file.`, {
      exitCode: 2,
      hint: 'Put it there, or correct the path; in a config it is relative to that.',
    }),
  diskUnknown: (name: string, begins: string) =>
    new AntidoteError(
      'DISK_UNKNOWN',
      `${name} is no disk image that is known here: it begins with ${begins}.`,
      {
        hint: "Known are raw, qcow2, vmdk, vdi, vhdx and ova. A raw disk without a boot sector needs `format: 'raw'`.",
      },
    ),
  diskFormat: (name: string, found: string, wanted: string) =>
    new AntidoteError('DISK_FORMAT', `${name} is ${found}, not ${wanted}.`, {
      exitCode: 2,
      hint: 'Leave `format` out: it is recognised by content.',
    }),
  diskRefused: (name: string, reason: string, hint?: string) =>
    new AntidoteError('DISK_REFUSED', `${name} cannot be imported: ${reason}.`, { ...(hint && { hint }) }),
  diskDamaged: (name: string, reason: string, lines: string[] = []) =>
    new AntidoteError('DISK_DAMAGED', `${name} is damaged: ${reason.replace(/\.$/, '')}.`, {
      lines,
      hint: 'Get it again from where it came from; nothing of it was used.',
    }),
  diskChoice: (name: string, names: readonly string[]) =>
    new AntidoteError(
      'DISK_CHOICE',
      names.length === 0
        ? `${name} holds no disk image.`
        : `${name} holds ${names.length} disks: ${names.join(', ')}.`,
      { hint: 'An image is made from one disk: take that out of the archive and name it.' },
    ),
  diskManifest: (name: string, file: string, sum: string, expected: string, got: string) =>
    new AntidoteError(
      'DISK_MANIFEST',
      `In ${name}, ${file} has ${sum} ${got}; its manifest says ${expected}.`,
      {
        hint: 'Get it again from where it came from; nothing of it was used.',
      },
    ),
  diskConversion: (name: string, lines: string[]) =>
    new AntidoteError('DISK_CONVERSION', `The qcow2 made from ${name} does not have the same content.`, {
      lines,
      hint: 'The disk that holds the store may be failing.',
    }),
} as const
