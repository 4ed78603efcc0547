import { closeSync, existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError } from '../../base/errors/error.ts'
import { openRegular } from '../../base/files/regular.ts'
import { policyOf } from './host-trust.ts'
import { readLayout, type StandingImage } from './read-layout.ts'
import { askRegistry, type RegistryOptions } from './registry.ts'

/** What an image is opened with. */
export interface OpenOptions extends RegistryOptions {
  /** A directory that a copy may be put into. */
  work: string
}

/** The name in a copy of ours. */
const COPY = 'copy'

/** `path[:tag]`, as skopeo reads it. */
const splitPlace = (text: string): { path: string; ref?: string } => {
  const [path = '', ref] = text.split(/:(.*)/s)
  return { path: resolve(path), ...(ref && { ref }) }
}

const copied = async (source: string, { work, signal }: OpenOptions, copy: () => Promise<unknown>) => {
  try {
    await copy()
  } catch (error) {
    const last = isAntidoteError(error) && error.code === 'COMMAND_FAILED' && error.details.lines?.at(-1)
    throw last ? errors.imageUnreadable(source, /msg="(.*)"$/.exec(last)?.[1] ?? last) : error
  }
  return readLayout(work, source, COPY, signal)
}

/**
 * Opens an image wherever it stands: the directory of an OCI layout, `oci:` with such a directory, `oci-archive:` with a
 * file, or a name in a registry with or without `docker://`. What is not a directory is copied into `work`.
 * Throws IMAGE_SOURCE, IMAGE_UNREADABLE, IMAGE_FOREIGN, and for registries what `askRegistry` throws.
 */
export const openImage = async (source: string, options: OpenOptions): Promise<StandingImage> => {
  const { work, run, signal, onLine } = options
  const target = `oci:${work}:${COPY}`
  const [, transport, rest] = /^(docker:\/\/|oci:|oci-archive:)(.+)$/s.exec(source) ?? []
  if (transport === 'oci:') {
    const { path, ref } = splitPlace(rest!)
    return readLayout(path, source, ref, signal)
  }
  if (transport === 'oci-archive:') {
    const { path, ref } = splitPlace(rest!)
    const from = `oci-archive:${path}${ref ? `:${ref}` : ''}`
    if (!existsSync(path)) throw errors.imageUnreadable(source, 'there is no such file')
    closeSync(openRegular(path).descriptor)
    const policy = await policyOf(options.env)
    return copied(source, options, () =>
      run(['skopeo', ...policy.argv, 'copy', from, target], {
        readable: [path, ...policy.readable],
        writable: [work],
        title: `skopeo copy ${from}`,
        signal,
        ...(onLine && { onLine }),
      }),
    )
  }
  if (!transport && existsSync(source)) return readLayout(resolve(source), source, undefined, signal)
  const name = rest ?? source
  if (!transport && (!name.includes('/') || /^[./~]/.test(name))) throw errors.imageSource(source)
  return copied(source, options, () =>
    askRegistry(name, { ...options, verb: 'copy', writable: [work] }, ({ place, options: reach }) => [
      'copy',
      ...reach('src-'),
      place,
      target,
    ]),
  )
}
