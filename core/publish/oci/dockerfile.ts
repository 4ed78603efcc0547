import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { randomName } from '../../base/files/digest.ts'
import { readText } from '../../base/files/regular.ts'
import type { Layout } from '../../base/model/layout.ts'
import type { Tools } from '../../base/process/tools.ts'
import { writingTo } from '../../store/full.ts'
import { blobPath } from './blob.ts'
import type { ContainerConfig } from './config.ts'

const FIRST_LINE = '# Written by antidote. `docker build` of this directory gives the image'

/** A word as a Dockerfile takes it: in double quotes a backslash, a quote and a variable still mean something. */
const quoted = (text: string): string => `"${text.replace(/["\\$]/g, '\\$&')}"`

const label = ([name, value]: [string, string]): string => {
  if (/[\r\n]/.test(name + value)) throw errors.dockerfileLabel(name)
  return `LABEL ${quoted(name)}=${quoted(value)}`
}

const seconds = (nanoseconds: number): string => `${nanoseconds / 1e9}s`

/** A Dockerfile that unpacks these archives and sets this config. Throws DOCKERFILE_LABEL. */
export const dockerfileOf = (name: string, config: ContainerConfig, archives: readonly string[]): string => {
  const { Test, Interval, Timeout, StartPeriod, Retries } = config.Healthcheck
  const times = [
    `--interval=${seconds(Interval)}`,
    `--timeout=${seconds(Timeout)}`,
    `--start-period=${seconds(StartPeriod)}`,
    `--retries=${Retries}`,
  ]
  return [
    `${FIRST_LINE} ${name}.`,
    'FROM scratch',
    ...archives.map((archive) => `ADD ${archive} /`),
    ...config.Env.map((text) => text.split(/=(.*)/s)).map(([key, value]) => `ENV ${key}=${quoted(value!)}`),
    `WORKDIR ${config.WorkingDir}`,
    ...Object.entries(config.Labels).map(label),
    `EXPOSE ${Object.keys(config.ExposedPorts).join(' ')}`,
    `VOLUME ${JSON.stringify(Object.keys(config.Volumes))}`,
    `STOPSIGNAL ${config.StopSignal}`,
    `HEALTHCHECK ${times.join(' ')} CMD ${JSON.stringify(Test.slice(1))}`,
    `ENTRYPOINT ${JSON.stringify(config.Entrypoint)}`,
    '',
  ].join('\n')
}

/** Whether a directory may be replaced: it is not there, or empty, or a build context that antidote wrote. Throws DOCKERFILE_OCCUPIED for a file. */
export const replaceable = async (directory: string): Promise<boolean> => {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw error.code === 'ENOTDIR' ? errors.dockerfileOccupied(directory) : error
  })
  if (names.length === 0) return true
  if (!names.includes('Dockerfile')) return false
  return readText(join(directory, 'Dockerfile')).startsWith(FIRST_LINE)
}

/**
 * Writes a build context for an image: a Dockerfile and one archive for each layer, whole or not at all. The archives
 * are gzip whatever the layers are: the classic builder of Docker, BuildKit and Buildah all unpack it, and no release
 * of Docker's documentation of ADD promises zstd. Throws DOCKERFILE_OCCUPIED, DOCKERFILE_LABEL, DISK_FULL.
 */
export const writeDockerfile = async (
  layout: Layout,
  directory: string,
  { run, signal }: { run: Tools['run']; signal?: AbortSignal },
): Promise<void> => {
  const target = resolve(directory)
  if (!(await replaceable(target))) throw errors.dockerfileOccupied(target)
  const { config } = JSON.parse(await readFile(blobPath(layout.directory, layout.configDigest), 'utf8')) as {
    config: ContainerConfig
  }
  const archives = layout.layers.map(({ role }, index) => `${index + 1}-${role}.tar.gz`)
  const text = dockerfileOf(layout.name, config, archives)
  const draft = join(dirname(target), `.${basename(target)}-${randomName()}`)
  const write = async () => {
    await mkdir(draft, { recursive: true })
    for (const [index, { digest, mediaType }] of layout.layers.entries()) {
      const blob = blobPath(layout.directory, digest)
      const archive = join(draft, archives[index]!)
      if (mediaType.endsWith('+gzip')) {
        await copyFile(blob, archive)
        continue
      }
      const tar = join(draft, 'layer.tar')
      const unpack = ['zstd', '--quiet', '--decompress', '--stdout', blob]
      await run(unpack, { readable: [blob], stdoutFile: tar, signal })
      const pack = ['gzip', '--no-name', '--stdout', tar]
      await run(pack, { readable: [tar], stdoutFile: archive, signal })
      await rm(tar)
    }
    await writeFile(join(draft, 'Dockerfile'), text)
  }
  try {
    await writingTo(dirname(target), write)
    await rm(target, { recursive: true, force: true })
    await rename(draft, target)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}
