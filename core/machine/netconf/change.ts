import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import type { RpcError } from '../../base/errors/netconf.ts'
import type { Dialect } from './dialects.ts'
import * as operations from './operations.ts'
import type { ChangeOptions, Datastore, NetconfReply, NetconfSession } from './types.ts'
import type { XmlSource } from './xml.ts'

/** A session, and what a change needs of it that its users have not. */
interface ChangedSession extends NetconfSession {
  readonly dialect: Dialect
  /** Where changes go. */
  readonly target: Datastore
  /** Throws NETCONF_UNSUPPORTED where the server lacks a capability. */
  need(operation: string, capability: string): void
  /** An rpc that sets things right after an error: also after an abort, and not for long. */
  restore(body: XmlSource): Promise<NetconfReply>
  /** Ends the connection at once; what is awaited fails with `reason`. */
  end(reason: unknown): void
}

/**
 * netconfd of yuma123 (2.13) answers <ok/> to a commit that follows <validate>, and commits nothing: to validate
 * clears its list of edits. A test-option validates as well, and does not.
 */
const forgetsValidated = (capabilities: readonly string[]): boolean =>
  capabilities.some((uri) => uri.startsWith('http://yuma123.org/ns/yuma123-system'))

/** Adds to an error what went wrong after it. */
const alsoFailed = (error: unknown, what: string, failure: unknown): void => {
  if (!isAntidoteError(error)) return
  error.details.lines = [...(error.details.lines ?? []), `${what} failed too: ${messageOf(failure)}`]
}

/** Commits for a time, checks, and commits for good; takes the commit back if the check throws. */
const commitConfirmed = async (
  session: ChangedSession,
  { timeout, check }: NonNullable<ChangeOptions['confirm']>,
  did: (reply: Promise<NetconfReply>) => Promise<void>,
): Promise<void> => {
  await did(session.commit({ confirmed: timeout }))
  try {
    await check?.(session)
  } catch (error) {
    await takeBack(session).catch((failure) => alsoFailed(error, 'cancel-commit', failure))
    throw error
  }
  await did(session.commit())
}

const takeBack = async (session: ChangedSession): Promise<void> => {
  const { rollback } = session.dialect
  if (session.has(':confirmed-commit:1.1')) await session.restore(operations.cancelCommit())
  else if (rollback) {
    await session.restore(rollback)
    await session.restore(operations.commit({}))
  } else {
    // the end of the session takes a confirmed commit of version 1.0 back (RFC 4741, 8.4.1)
    session.end(errors.netconfFailed(session.where, 'it was ended to take a confirmed commit back'))
  }
}

/** lock, edit, validate, commit; discard on any error; unlock always. Gives the warnings. */
export const change = async (
  session: ChangedSession,
  config: XmlSource,
  options: ChangeOptions,
): Promise<readonly RpcError[]> => {
  const { target = session.target, format, action, confirm } = options
  const limit = options.deadline === undefined ? {} : { deadline: options.deadline }
  const warnings: RpcError[] = []
  const did = async (reply: Promise<NetconfReply>) => {
    warnings.push(...(await reply).warnings)
  }
  if (confirm) session.need('a confirmed commit', ':confirmed-commit')
  let failed: unknown
  await did(session.lock(target, limit))
  try {
    const own = (format !== undefined && format !== 'xml') || action !== undefined
    const validate = options.validate ?? session.has(':validate')
    const apart = validate && !forgetsValidated(session.capabilities)
    const testOption = options.testOption ?? (validate && !apart ? 'test-then-set' : undefined)
    const edit = { ...options, ...(testOption && { testOption }) }
    await did(own ? session.load(config, options) : session.editConfig(config, edit))
    if (apart) await did(session.validate(target, limit))
    if (target === 'candidate') {
      if (confirm) await commitConfirmed(session, confirm, did)
      else await did(session.commit(limit))
    }
  } catch (error) {
    failed = error
    if (target === 'candidate')
      await session
        .restore('discard-changes')
        .catch((failure) => alsoFailed(error, 'discard-changes', failure))
    throw error
  } finally {
    await session.restore(operations.unlock(target)).catch((failure: unknown) => {
      // the end of the session frees the lock
      session.end(failure)
      if (failed === undefined) throw failure
      alsoFailed(failed, 'unlock', failure)
    })
  }
  return warnings
}
