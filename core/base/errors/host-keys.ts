import { AntidoteError, type Place } from './error.ts'

/** Codes of errors over a server's key, which no further attempt changes. */
export const HOST_KEY_CODES: readonly string[] = ['HOST_KEY_UNKNOWN', 'HOST_KEY_CHANGED', 'HOST_KEY_REVOKED']

/** Errors over the keys of SSH servers; no password was sent. */
export const hostKeyErrors = {
  hostKeyUnknown: (where: string, shown: string, scan: string) =>
    new AntidoteError(
      'HOST_KEY_UNKNOWN',
      `The SSH host key of ${where} is ${shown}, and nothing says that it is the right one.`,
      {
        hint: `Compare it with the endpoint's own, then add it: \`${scan}\`. Of an endpoint that you started yourself, \`--host-keys first-use\` takes the first key.`,
      },
    ),
  hostKeyChanged: (where: string, shown: string, wanted: string, place?: Place) =>
    new AntidoteError('HOST_KEY_CHANGED', `The SSH host key of ${where} is ${shown}, and not ${wanted}.`, {
      hint: `Another machine answers there, or it has a new key: find out which${place ? ', and only then replace the line' : ''}.`,
      ...(place && { place: { file: place.file, line: place.line } }),
    }),
  hostKeyRevoked: (where: string, shown: string, place: Place) =>
    new AntidoteError('HOST_KEY_REVOKED', `The SSH host key of ${where}, ${shown}, is revoked.`, {
      hint: 'Do not log in there: another person may hold that key.',
      place: { file: place.file, line: place.line },
    }),
} as const
