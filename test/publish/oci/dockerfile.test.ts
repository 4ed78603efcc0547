import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../../core/base/process/run.ts'
import { configOf } from '../../../core/publish/oci/config.ts'
import { dockerfileOf, replaceable, writeDockerfile } from '../../../core/publish/oci/dockerfile.ts'
import { type Compression, writeLayer } from '../../../core/publish/oci/layer.ts'
import { writeLayout } from '../../../core/publish/oci/layout.ts'
import { makeFifo } from '../../support/directory.ts'
import { image, listTar, scratch } from './help.ts'

const { config } = configOf(image, [])

test('sets everything that the config of the image says', () => {
  expect(dockerfileOf('utility', config, ['1-runtime.tar.gz']).split('\n')).toEqual([
    '# Written by antidote. `docker build` of this directory gives the image utility.',
    'FROM scratch',
    'ADD 1-runtime.tar.gz /',
    'ENV PATH="/usr/sbin:/usr/bin:/sbin:/bin"',
    'ENV HOME="/root"',
    'ENV PERL_BADLANG="0"',
    'WORKDIR /',
    ...Object.entries(config.Labels).map(([name, value]) => `LABEL "${name}"="${value}"`),
    'EXPOSE 22/tcp 161/udp 8099/tcp',
    'VOLUME ["/var/lib/antidote"]',
    'STOPSIGNAL SIGTERM',
    'HEALTHCHECK --interval=10s --timeout=8s --start-period=90s --retries=3 CMD ["/usr/bin/antidote","health"]',
    'ENTRYPOINT ["/usr/bin/node","/launcher.mjs"]',
    '',
  ])
})

test('a label means what it says: no variable, no escape, no end of a string', () => {
  const labels = { ...config, Labels: { 'a "b"': '$HOME \\ "c" `d`' } }
  expect(dockerfileOf('x', labels, [])).toContain('LABEL "a \\"b\\""="\\$HOME \\\\ \\"c\\" `d`"\n')
})

test('a label with a line break is refused by its name', () => {
  const labels = { ...config, Labels: { note: 'one\ntwo' } }
  expect(() => dockerfileOf('x', labels, [])).toThrow(expect.objectContaining({ code: 'DOCKERFILE_LABEL' }))
  expect(() => dockerfileOf('x', labels, [])).toThrow('"note"')
})

const layoutOf = async (compression: Compression) => {
  const directory = scratch()
  const layer = await writeLayer([{ path: 'etc/motd', content: 'hello\n' }], {
    role: 'disk',
    directory,
    compression,
    run,
  })
  return writeLayout(directory, image, ['a:b'], [layer])
}

test.for(['zstd', 'gzip'] as const)('layers of %s become archives of gzip', async (compression) => {
  const target = join(scratch(), 'context')
  await writeDockerfile(await layoutOf(compression), target, { run })
  expect(readdirSync(target).sort()).toEqual(['1-disk.tar.gz', 'Dockerfile'])
  expect(readFileSync(join(target, '1-disk.tar.gz')).subarray(0, 2).toString('hex')).toBe('1f8b')
  expect(listTar(join(target, '1-disk.tar.gz')).some((line) => line.endsWith(' etc/motd'))).toBe(true)
})

test('replaces a context of its own and nothing else, and leaves no draft', async () => {
  const layout = await layoutOf('gzip')
  const parent = scratch()
  const target = join(parent, 'context')
  await writeDockerfile(layout, target, { run })
  writeFileSync(join(target, '9-old.tar.gz'), '')
  await writeDockerfile(layout, target, { run })
  expect(readdirSync(target).sort()).toEqual(['1-disk.tar.gz', 'Dockerfile'])
  const foreign = join(parent, 'foreign')
  mkdirSync(foreign)
  writeFileSync(join(foreign, 'Dockerfile'), 'FROM debian\n')
  const code = 'DOCKERFILE_OCCUPIED'
  await expect(writeDockerfile(layout, foreign, { run })).rejects.toMatchObject({ code })
  writeFileSync(join(parent, 'file'), '')
  await expect(writeDockerfile(layout, join(parent, 'file'), { run })).rejects.toMatchObject({ code })
  expect(readFileSync(join(foreign, 'Dockerfile'), 'utf8')).toBe('FROM debian\n')
  expect(readdirSync(parent).sort()).toEqual(['context', 'file', 'foreign'])
})

test('a FIFO instead of an earlier Dockerfile is named at once', async () => {
  const directory = scratch()
  makeFifo(join(directory, 'Dockerfile'))
  await expect(replaceable(directory)).rejects.toThrow('Dockerfile cannot be read: it is a FIFO')
})
