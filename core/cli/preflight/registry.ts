import { isAntidoteError } from '../../base/errors/error.ts'
import { type PermissionOptions, requirePush } from '../../publish/oci/push-permission.ts'
import type { Check } from './preflight.ts'

type Options = Omit<PermissionOptions, 'signal'>

/** `--to`: the registry answers, and takes an image of that name from this user. */
export const registry =
  (to: string, options: Options = {}): Check =>
  async (signal) => {
    await requirePush(to, { ...options, signal })
    return []
  }

/** `--to` where perhaps nothing is pushed: the registry answers. */
export const registryAnswers =
  (to: string, options: Options = {}): Check =>
  async (signal) => {
    await requirePush(to, { ...options, signal }).catch((error: unknown) => {
      if (!isAntidoteError(error) || error.code !== 'REGISTRY_DENIED') throw error
    })
    return []
  }
