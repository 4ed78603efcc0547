import { AntidoteError } from './error.ts'

/** Errors of the store, the toolbox and disks. */
export const storeErrors = {
  storeReadOnly: (directory: string, reason: string) =>
    new AntidoteError('STORE_READ_ONLY', `The store ${directory} cannot be written: ${reason}.`, {
      hint: 'Make it writable, or set ANTIDOTE_CACHE_DIR to another directory.',
    }),
  storeFull: (directory: string, lines: string[] = []) =>
    new AntidoteError('STORE_FULL', `The disk that holds ${directory} is full.`, {
      lines,
      hint: 'Free space with `antidote clean --older-than 7d`, or set ANTIDOTE_CACHE_DIR to another disk.',
    }),
  storeForeign: (directory: string, uid: number) =>
    new AntidoteError('STORE_FOREIGN', `The store ${directory} belongs to another user, ${uid}.`, {
      exitCode: 2,
      hint: 'Set ANTIDOTE_CACHE_DIR to a directory of your own.',
    }),
  secretKeyShort: (where: string, least: number) =>
    new AntidoteError(
      'SECRET_KEY_SHORT',
      `The key in ${where}, with which secrets are digested, has fewer than ${least} characters.`,
      { exitCode: 2, hint: 'Give it a random one, such as `openssl rand -hex 32` prints.' },
    ),
  lockForeign: (file: string, pid: number, uid: number) =>
    new AntidoteError(
      'LOCK_FOREIGN',
      `The process ${pid} of another user, ${uid}, holds the lock ${file} of this store.`,
      { hint: 'Have it ended, then try again: the store is closed to other users now.' },
    ),
  lockDenied: (file: string, uid: number) =>
    new AntidoteError(
      'LOCK_DENIED',
      `The lock ${file} belongs to another user, ${uid}, and cannot be opened.`,
      {
        hint: 'Remove it when no other build runs; it was probably made by a build as that user.',
      },
    ),
  /** `others` is whether there are logs of other images. */
  logMissing: (image: string | undefined, directory: string, others: boolean) =>
    new AntidoteError('LOG_MISSING', `There is no log${image ? ` of "${image}"` : ''} in ${directory}.`, {
      exitCode: 2,
      hint: others ? '`antidote logs` lists those there are.' : 'Every build writes one.',
    }),
  storeRoom: (directory: string, free: string, needed: string, what: string) =>
    new AntidoteError(
      'STORE_ROOM',
      `The disk that holds ${directory} has ${free} free, and ${what} needs ${needed}.`,
      {
        hint: 'Free space with `antidote clean --older-than 7d`, or set ANTIDOTE_CACHE_DIR to another disk.',
      },
    ),
  storeBusy: (directory: string) =>
    new AntidoteError('STORE_BUSY', `A build is using the store ${directory}.`, {
      hint: 'Wait for it to end and clean again.',
    }),
  temporaryUnusable: (directory: string, reason: string) =>
    new AntidoteError('TEMPORARY_UNUSABLE', `Temporary files cannot be written to ${directory}: ${reason}.`, {
      exitCode: 2,
      hint: 'Set TMPDIR to a directory that is there and can be written, or unset it for /tmp.',
    }),
  storeEntryDamaged: (key: string, reason: string) =>
    new AntidoteError('STORE_DAMAGED', `The store entry ${key.slice(0, 12)} is damaged: ${reason}.`, {
      hint: 'Build again with `antidote build --no-cache`: everything is made anew.',
    }),
  downloadFailed: (url: string, reason: string) =>
    new AntidoteError('DOWNLOAD_FAILED', `${url} cannot be downloaded: ${reason}.`, {
      hint: 'Check the address and the network; what was fetched is kept and resumed.',
    }),
  checksumMismatch: (url: string, expected: string, got: string) =>
    new AntidoteError('CHECKSUM_MISMATCH', `${url} has sha256 ${got}, not ${expected}.`, {
      hint: 'Either the checksum is out of date or the file was tampered with; nothing of it was used.',
    }),

  namespaceFailed: (reason: string) =>
    new AntidoteError('NAMESPACE_FAILED', `A build namespace cannot be made: ${reason}.`, {
      hint: 'Run `antidote doctor`: it says what is in the way, and what to do.',
    }),
  stepNetworkFailed: (reason: string) =>
    new AntidoteError('STEP_NETWORK_FAILED', `Build steps cannot have a network of their own: ${reason}.`, {
      hint: 'Run `antidote doctor`. With ANTIDOTE_HOST_NETWORK=1 steps share the network of this host, and reach every server on its loopback.',
    }),
  diskTooSmall: (size: string, content: string) =>
    new AntidoteError('DISK_TOO_SMALL', `The disk of ${size} does not hold the ${content} of the tree.`, {
      exitCode: 2,
      hint: 'Raise `disk.size` in the config, or leave it out to have it sized from the content.',
    }),
  bootLoaderTooLarge: (bytes: number) =>
    new AntidoteError(
      'BOOT_LOADER_TOO_LARGE',
      `The boot loader's ${bytes} bytes do not fit before the first partition.`,
    ),
} as const
