import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cutRuntime } from '../../../core/publish/oci/runtime.ts'
import { RUNTIME_FILES, RUNTIME_PROGRAMS } from '../../../core/publish/oci/runtime-files.ts'
import { follow } from '../../../core/publish/oci/tree-path.ts'
import { scratch } from './help.ts'

const put = (tree: string, path: string, content = ''): void => {
  mkdirSync(join(tree, path, '..'), { recursive: true })
  writeFileSync(join(tree, path), content)
}

/** A tree with the shape of a merged-/usr Debian. */
const debian = (): string => {
  const tree = scratch()
  for (const path of [...RUNTIME_PROGRAMS, ...RUNTIME_FILES.filter((path) => path !== '/bin/sh')])
    put(tree, path)
  for (const name of ['bin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(tree, name))
  symlinkSync('dash', join(tree, 'usr/bin/sh'))
  put(tree, 'usr/lib64/ld-linux.so.2')
  put(tree, 'usr/lib/multi/libz.so.1.3')
  symlinkSync('libz.so.1.3', join(tree, 'usr/lib/multi/libz.so.1'))
  put(tree, 'usr/share/doc/zlib1g/copyright', 'zlib licence')
  put(tree, 'usr/share/doc/unused/copyright', 'not needed')
  put(
    tree,
    'var/lib/dpkg/info/zlib1g:amd64.list',
    '/.\n/usr/lib/multi/libz.so.1\n/usr/lib/multi/libz.so.1.3\n',
  )
  put(tree, 'var/lib/dpkg/info/unused.list', '/usr/bin/unused\n')
  return tree
}

const LDD = `/usr/bin/node:
\tlinux-vdso.so.1 (0x00007ffd)
\tlibz.so.1 => /lib/multi/libz.so.1 (0x00007f10)
\t/lib64/ld-linux.so.2 (0x00007f20)
/usr/bin/env:
\tlibz.so.1 => /lib/multi/libz.so.1 (0x00007f30)
`

test('holds each program, its libraries with the links that lead to them, and their licences', async () => {
  const tree = debian()
  const launcher = join(scratch(), 'launcher.mjs')
  const files = await cutRuntime(tree, launcher, async () => ({ code: 0, stdout: LDD, stderr: '' }))
  const paths = files.map(({ path }) => path)
  for (const path of [
    'usr/bin/node',
    'bin',
    'usr/bin/sh',
    'usr/bin/dash',
    'lib',
    'lib64',
    'usr/lib64/ld-linux.so.2',
    'usr/lib/multi/libz.so.1',
    'usr/lib/multi/libz.so.1.3',
    'usr/share/doc/zlib1g/copyright',
    'etc/passwd',
    'tmp',
  ]) {
    expect(paths).toContain(path)
  }
  expect(paths).not.toContain('usr/share/doc/unused/copyright')
  expect(new Set(paths).size).toBe(paths.length)
  expect(files.find(({ path }) => path.endsWith('launcher.mjs'))).toMatchObject({
    source: launcher,
    mode: 0o755,
  })
})

test('the launcher has a name of its own, and a directory that its QEMU may write', async () => {
  const files = await cutRuntime(debian(), '/launcher', async () => ({ code: 0, stdout: LDD, stderr: '' }))
  const of = (name: string) => files.find(({ path }) => path === name)
  expect(of('usr/bin/antidote')).toEqual({ path: 'usr/bin/antidote', link: '../lib/antidote/launcher.mjs' })
  expect(of('var/lib/antidote')).toMatchObject({ directory: true, mode: 0o1777, uid: 64055, gid: 64055 })
  expect(of('etc/passwd')).toMatchObject({ content: expect.stringContaining('qemu:x:64055:64055:') })
  // this would say that a container without lesson files has some
  expect(of('antidote')).toBeUndefined()
})

test('a tool that the toolbox lacks is named', async () => {
  const lacking = cutRuntime(scratch(), '/launcher', async () => ({ code: 0, stdout: '', stderr: '' }))
  await expect(lacking).rejects.toMatchObject({
    code: 'RUNTIME_FILE_MISSING',
    message: expect.stringContaining('/usr/bin/dash'),
  })
})

test('a link never leads out of the tree, and a circle ends', async () => {
  const tree = scratch()
  put(tree, 'etc/real')
  symlinkSync('../../../../etc/real', join(tree, 'up'))
  symlinkSync('/etc/real', join(tree, 'absolute'))
  symlinkSync('circle', join(tree, 'circle'))
  expect(await follow(tree, '/up')).toEqual(['up', 'etc/real'])
  expect(await follow(tree, '/absolute')).toEqual(['absolute', 'etc/real'])
  await expect(follow(tree, '/circle')).rejects.toMatchObject({ code: 'RUNTIME_FILE_MISSING' })
})
