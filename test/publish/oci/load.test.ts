import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errors } from '../../../core/base/errors/catalogue.ts'
import type { Layout } from '../../../core/base/model/layout.ts'
import type { Run } from '../../../core/base/process/run.ts'
import { writeArchive } from '../../../core/publish/oci/archive.ts'
import { loadImage } from '../../../core/publish/oci/load.ts'
import { scratch } from './help.ts'

const layoutIn = (directory: string) =>
  ({ directory, name: 'x', refs: ['x:v1', 'y/z:v2'] }) as unknown as Layout

/** skopeo, as it writes the file that is named relative to its directory. */
const skopeo: Run = async (argv, { cwd } = {}) => {
  const [, file] = /^docker-archive:([^:]+):/.exec(argv.at(-1)!)!
  writeFileSync(join(cwd!, file!), argv.join(' '))
  return { code: 0, stdout: '', stderr: '' }
}

/** A host with podman, and docker if `docker` says how it loads. */
const host = (loaded: string[], docker?: Run): Run => {
  return async (argv, options) => {
    const [engine, verb] = argv
    if (engine === 'docker' && !docker) throw errors.commandMissing('docker')
    if (verb !== 'load') return { code: 0, stdout: engine!, stderr: '' }
    if (engine === 'docker') return docker!(argv, options)
    loaded.push(`${engine} ${readFileSync(join(options!.cwd!, argv.at(-1)!), 'utf8')}`)
    return { code: 0, stdout: '', stderr: '' }
  }
}

test('an archive has every name, and is there whole or not at all', async () => {
  const directory = scratch()
  const file = join(directory, 'x.tar')
  await writeArchive(layoutIn('/lay:out'), file, { run: skopeo })
  expect(readFileSync(file, 'utf8')).toMatch(
    /--additional-tag y\/z:v2 oci:\/run\/layout:x:v1 docker-archive:\.\w+\.tar:x:v1$/,
  )
  const failing: Run = async (argv, options) => {
    await skopeo(argv, options)
    throw new Error('no space')
  }
  await expect(writeArchive(layoutIn('/l'), file, { run: failing })).rejects.toThrow('no space')
  expect(readFileSync(file, 'utf8')).toContain('skopeo')
  expect(readdirSync(directory)).toEqual(['x.tar'])
})

test('an image is loaded into every engine that answers, and nothing is left of its archive', async () => {
  const layout = layoutIn(scratch())
  const loaded: string[] = []
  const docker: Run = async () => {
    loaded.push('docker')
    return { code: 0, stdout: '', stderr: '' }
  }
  expect(await loadImage(layout, { run: skopeo, host: host(loaded, docker) })).toEqual(['podman', 'docker'])
  expect(loaded).toEqual([expect.stringContaining('podman skopeo'), 'docker'])
  expect(readdirSync(layout.directory)).toEqual([])
})

test('an archive that is there is loaded as it is, and stays', async () => {
  const directory = scratch()
  const archive = join(directory, 'x.tar')
  writeFileSync(archive, 'mine')
  const loaded: string[] = []
  const run: Run = () => Promise.reject(new Error('skopeo is not asked'))
  await loadImage(layoutIn('/l'), { run, host: host(loaded), archive })
  expect(loaded).toEqual(['podman mine'])
  expect(existsSync(archive)).toBe(true)
})

test('a failure says where the image is and how it is loaded later', async () => {
  const layout = layoutIn(scratch())
  const docker: Run = async () => {
    throw errors.commandFailed('docker load', 'exit status 1', ['no space left on device'])
  }
  await expect(loadImage(layout, { run: skopeo, host: host([], docker) })).rejects.toMatchObject({
    code: 'LOAD_FAILED',
    message: `docker did not load x:v1, because its disk is full; the image is whole in ${layout.directory}.`,
    details: {
      lines: ['no space left on device'],
      hint: expect.stringMatching(
        /docker image prune.*antidote publish --load.*antidote publish --archive <file>.*docker load --input/,
      ),
    },
  })
})
