import { AntidoteError } from './error.ts'

/** One rpc-error (RFC 6241, 4.3). Texts are empty where the device left them out. */
export interface RpcError {
  type: string
  tag: string
  severity: 'error' | 'warning'
  appTag: string
  path: string
  message: string
  /** The content of error-info, as `name value` pairs. */
  info: string
}

/** One error of a device as a line: what it says, where, and what it calls it. */
const described = ({ message, tag, path, info }: RpcError): string => {
  const about = [tag, path && `at ${path}`, info && `info: ${info}`].filter(Boolean).join(', ')
  return about && about !== message ? `${message} (${about})` : message
}

/** Errors of NETCONF sessions. */
export const netconfErrors = {
  netconfFailed: (where: string, reason: string, lines: string[] = [], hint?: string) =>
    new AntidoteError('NETCONF_FAILED', `The NETCONF session with ${where} failed: ${reason}.`, {
      lines,
      passing: true,
      ...(hint && { hint }),
    }),
  netconfUnopened: (where: string, awaited: string, seconds: number) =>
    new AntidoteError('NETCONF_UNOPENED', `${where} did not send ${awaited} within ${seconds} s.`, {
      passing: true,
      hint: 'Check the address and the port, and that NETCONF over SSH is on.',
    }),
  netconfSilent: (where: string, operation: string, seconds: number, unknown: boolean) =>
    new AntidoteError('NETCONF_SILENT', `${where} did not answer <${operation}> within ${seconds} s.`, {
      passing: true,
      hint: unknown
        ? 'The session was ended; whether the device did what it was told is not known. A longer `deadline` waits longer.'
        : 'The session was ended. A longer `deadline` waits longer.',
    }),
  netconfRpc: (where: string, operation: string, refused: readonly RpcError[]) => {
    const [first, ...others] = refused.filter(({ severity }) => severity === 'error')
    const more = others.length > 0 ? `, and ${others.length} more` : ''
    return new AntidoteError(
      'NETCONF_RPC',
      `${where} refused <${operation}>: ${described(first!).replace(/\.$/, '')}${more}.`,
      {
        lines: refused.length > 1 ? refused.map((one) => `${one.severity}: ${described(one)}`) : [],
        cause: refused,
      },
    )
  },
  netconfUnsupported: (where: string, operation: string, missing: string) =>
    new AntidoteError('NETCONF_UNSUPPORTED', `${where} cannot do ${operation}: it lacks ${missing}.`),
  netconfPath: (path: string, part: string) =>
    new AntidoteError('NETCONF_PATH', `"${part}" in the path "${path}" is not a name with conditions.`, {
      exitCode: 2,
      hint: "A path looks like interfaces/interface[name='eth0']/enabled, without prefixes.",
    }),
  netconfXml: (what: string, reason: string) =>
    new AntidoteError('NETCONF_XML', `${what} is not XML that can be sent: ${reason}.`, { exitCode: 2 }),
} as const
