import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const PROGRAMS = [
  'base64',
  'cat',
  'chmod',
  'chown',
  'cp',
  'dirname',
  'env',
  'find',
  'getent',
  'id',
  'ln',
  'ls',
  'mkdir',
  'mktemp',
  'mv',
  'readlink',
  'rm',
  'sh',
  'sleep',
  'stat',
  'tar',
  'true',
  'wc',
  'xargs',
]

/** Makes a root file system of a few programs of the host, enough to work in. */
export const makeTree = (directory: string): string => {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(directory, 'usr', name), { recursive: true })
    symlinkSync(`usr/${name}`, join(directory, name))
  }
  for (const name of ['etc', 'tmp', 'run', 'proc', 'dev', 'root', 'home']) mkdirSync(join(directory, name))
  mkdirSync(join(directory, 'var'))
  symlinkSync('/run', join(directory, 'var/run'))
  writeFileSync(join(directory, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nada:x:1000:1000::/home:/bin/sh\n')
  writeFileSync(join(directory, 'etc/group'), 'root:x:0:\nada:x:1000:\n')
  writeFileSync(join(directory, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\n')
  const programs = PROGRAMS.map((name) =>
    execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim(),
  )
  for (const [index, path] of PROGRAMS.entries())
    copyFileSync(realpathSync(pathOf(path)), join(directory, 'bin', PROGRAMS[index]!))
  const needed = execFileSync('ldd', PROGRAMS.map(pathOf), { encoding: 'utf8' })
  for (const [, library] of needed.matchAll(/(\/\S+) \(0x/g)) {
    const target = join(directory, library!)
    mkdirSync(dirname(target), { recursive: true })
    copyFileSync(realpathSync(library!), target)
  }
  return directory

  function pathOf(name: string): string {
    const found = programs[PROGRAMS.indexOf(name)]!
    return found.startsWith('/') ? found : join('/usr/bin', name)
  }
}
