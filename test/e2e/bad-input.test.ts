import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { antidoteJson, CLI, imageDirectory, launch } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

interface Failed {
  error: { code: string; message: string; hint?: string; lines: string[]; log?: string }
}

const work = temporaryDirectory()
let count = 0

/** An image with these settings, and the one error that a verb ends with. */
const failure = async (settings: string, verb: string[] = ['build'], files: Record<string, string> = {}) => {
  const image = imageDirectory(work, `bad-${count++}`, settings, files)
  const { error, code } = await antidoteJson<Failed>(['-C', image, ...verb])
  return { ...error, status: code }
}

test('unknown suite', async () => {
  const { message, hint, status } = await failure("use: [debian({ suite: 'trixy' })]")
  expect(message).toBe('debian: suite is "trixy", which is not one of trixie, bookworm.')
  expect(hint).toContain('trixie')
  expect(status).toBe(2)
})

test('a package that does not exist is named', async () => {
  const { code, message, status, log } = await failure(
    "use: [debian({ packages: ['no-such-package-here'] })]",
  )
  expect(code).toBe('PACKAGE_UNKNOWN')
  expect(message).toContain('"no-such-package-here"')
  expect(log).toMatch(/\.log$/)
  expect(status).toBe(1)
})

test('mirror unreachable', async () => {
  const { code, message } = await failure(
    "use: [debian({ mirror: 'http://127.0.0.1:1/debian', packages: ['jq'] })]",
  )
  expect(code).toBe('MIRROR_UNREACHABLE')
  expect(message).toContain('127.0.0.1:1')
})

test('a kernel option that cannot be had', async () => {
  const { code, message, hint } = await failure("use: [debian({ kernelOptions: { SND_HDA_INTEL: 'y' } })]")
  expect(code).toBe('KERNEL_OPTION')
  expect(message).toMatch(/SND_HDA_INTEL=y cannot be had: linux-source-6\.12 makes it n/)
  expect(hint).toContain('depends on')
})

test('install.sh that fails shows its last lines', async () => {
  const { code, message, lines, status } = await failure(
    "use: [debian()], install: 'install.sh'",
    ['build'],
    {
      'install.sh': '#!/bin/sh\necho before\necho the reason >&2\nexit 3\n',
    },
  )
  expect(code).toBe('SCRIPT_FAILED')
  expect(message).toBe('install.sh ended with exit status 3.')
  expect(lines).toEqual(expect.arrayContaining(['before', 'the reason']))
  expect(status).toBe(1)
})

test('install.sh that fills the disk of the image', async () => {
  const { code, message, hint } = await failure(
    "use: [debian()], install: 'install.sh', disk: { size: '200M' }",
    ['build'],
    {
      'install.sh': '#!/bin/sh\nhead -c 150M /dev/urandom >/var/big\n',
    },
  )
  expect(code).toBe('DISK_TOO_SMALL')
  expect(message).toContain('200 MiB')
  expect(hint).toContain('disk.size')
})

test('a guest that never answers', async () => {
  const { code, message, lines, log } = await failure(
    "use: [debian()], install: 'install.sh', machine: { deadline: 25 }",
    ['boot', 'true'],
    {
      'install.sh': '#!/bin/sh\nsed -i /sshd/d /etc/inittab\n',
    },
  )
  expect(code).toBe('MACHINE_NO_ANSWER')
  expect(message).toMatch(/25 s/)
  expect(lines.join('\n')).toContain('login:')
  expect(log).toMatch(/\.log$/)
})

test('a guest that panics', async () => {
  const { code, lines } = await failure("use: [debian()], install: 'install.sh'", ['boot', 'true'], {
    'install.sh': '#!/bin/sh\nln -sf /bin/false /usr/sbin/init\n',
  })
  expect(code).toBe('MACHINE_PANIC')
  expect(lines.join('\n')).toContain('Kernel panic')
})

test('a port that is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { code, message } = await failure('use: [debian()]', ['boot', '--ssh-port', String(port), 'true'])
  server.close()
  expect(code).toBe('PORT_TAKEN')
  expect(message).toContain(String(port))
})

test('a failing test fails the verb, and the others still run', async () => {
  const image = imageDirectory(work, 'half', "use: [debian()], test: 'test.sh'", {
    'test.sh': '#!/bin/sh\necho no luck\nexit 1\n',
  })
  const report = await antidoteJson<{
    passed: number
    failed: number
    tests: { name: string; ok: boolean; lines?: string[] }[]
  }>(['-C', image, 'test'])
  expect(report.code).toBe(1)
  expect(report).toMatchObject({ passed: 7, failed: 1 })
  expect(report.tests.find(({ ok }) => !ok)).toMatchObject({ name: 'test.sh', lines: ['no luck'] })
})

test('a machine that boots while Ctrl-C comes is gone', async () => {
  const image = imageDirectory(work, 'booting', 'use: [debian()]')
  const running = launch([process.execPath, CLI, '-C', image, 'boot', '--console', 'sleep', '60'])
  await running.until(/Linux version|login:|init/)
  running.child.kill('SIGINT')
  const { code } = await running.end
  expect(code).toBe(130)
})
