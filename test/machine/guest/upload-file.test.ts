import { once } from 'node:events'
import { chmodSync, lstatSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeFifo, temporary } from '../../support/directory.ts'
import { kinds, modeOf, overTree } from '../../support/guests.ts'

/** A socket at a path, until the end of the test. */
const listening = async (path: string): Promise<void> => {
  const socket = createServer().listen(path)
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
}

describe.each(kinds)('a file uploaded into %s', (_, make) => {
  const source = (mode: number) => {
    const from = join(temporary({ helper: 'x' }), 'helper')
    chmodSync(from, mode)
    return from
  }

  test.each([undefined, '1000:1000'])(
    'gets set-user-ID and set-group-ID that are named; owner %s',
    async (owner) => {
      const { guest, to, seen } = await make()
      for (const mode of [0o4755, 0o2755, 0o6711, 0o1644]) {
        await guest.upload(source(0o644), `${to}/helper`, { mode, ...(owner && { owner }) })
        expect(modeOf(join(seen, 'helper'))).toBe(mode.toString(8))
        await guest.write(`${to}/written`, 'again', { mode, ...(owner && { owner }) })
        await guest.write(`${to}/written`, 'again', { mode, ...(owner && { owner }) })
        expect(modeOf(join(seen, 'written'))).toBe(mode.toString(8))
      }
      expect(statSync(join(seen, 'helper')).uid).toBe(owner ? 1000 : 0)
    },
  )

  test('has its mode as git keeps it, or as the host has it', async () => {
    const { guest, to, seen } = await make()
    for (const [mode, plain] of [
      [0o600, '644'],
      [0o700, '755'],
      [0o664, '644'],
      [0o4755, '755'],
    ] as const) {
      await guest.upload(source(mode), `${to}/plain`)
      await guest.upload(source(mode), `${to}/kept`, { keepModes: true })
      expect([modeOf(join(seen, 'plain')), modeOf(join(seen, 'kept'))]).toEqual([plain, mode.toString(8)])
    }
  })

  test('goes into a directory, as by cp, and leaves that as it is', async () => {
    const { guest, to, seen } = await make()
    await guest.exec(['mkdir', '-p', '-m', '750', to])
    await guest.upload(source(0o644), to, { mode: 0o600, owner: '1000:1000' })
    expect([modeOf(seen), statSync(seen).uid]).toEqual(['750', 0])
    expect([modeOf(join(seen, 'helper')), statSync(join(seen, 'helper')).uid]).toEqual(['600', 1000])
    await guest.exec(['sh', '-c', 'rm "$1"; mkdir "$1"', 'sh', `${to}/helper`])
    await expect(guest.upload(source(0o644), to)).rejects.toMatchObject({
      details: { lines: [`${to}/helper is a directory`] },
    })
  })

  test('takes the place of a link, and leaves what it led to', async () => {
    const { guest, to, seen } = await make()
    await guest.exec(['sh', '-c', 'mkdir -p "$1"; echo old >"$1/target"; ln -s target "$1/link"', 'sh', to])
    await guest.upload(source(0o644), `${to}/link`)
    expect(lstatSync(join(seen, 'link')).isFile()).toBe(true)
    expect(readFileSync(join(seen, 'target'), 'utf8')).toBe('old\n')
  })

  test.each(['a FIFO', 'a socket'])('that is %s is named at once', async (kind) => {
    const { guest, to } = await make()
    const from = temporary()
    if (kind === 'a FIFO') makeFifo(join(from, 'special'))
    else await listening(join(from, 'special'))
    for (const path of [join(from, 'special'), from])
      await expect(guest.upload(path, to)).rejects.toMatchObject({
        code: 'FILE_UNREADABLE',
        message: `${join(from, 'special')} cannot be read: it is ${kind}, not a regular file.`,
      })
    expect((await guest.exec(['sh', '-c', 'ls -A "$1"* 2>&1 || true', 'sh', to])).stdout).not.toContain(
      '.antidote',
    )
  })
})

describe.each(kinds)('in %s, directories above a new file', (_, make) => {
  test('are root’s, and the owner’s in a home directory', async () => {
    const { guest, to, seen } = await make()
    const from = temporary({ keys: 'k' })
    await guest.upload(join(from, 'keys'), `${to}/a/b/keys`, { owner: '1000:1000' })
    expect([join(seen, 'a'), join(seen, 'a/b')].map((path) => statSync(path).uid)).toEqual([0, 0])
    // a directory below /home that no image and no host has
    const home = `/home/antidote-test-${process.pid}`
    onTestFinished(async () => void (await guest.exec(['rm', '-rf', home])))
    await guest.exec(['mkdir', '-p', home])
    const owners = async (...paths: string[]) =>
      (await guest.exec(['stat', '-c', '%u:%g %a', ...paths])).stdout.trim().split('\n')
    await guest.upload(join(from, 'keys'), `${home}/.ssh/keys`, { owner: '1000:1000', mode: 0o600 })
    await guest.write(`${home}/.config/deep/file`, 'x', { owner: '1000' })
    await guest.upload(from, `${home}/sites/one`, { owner: '1000:1000' })
    expect(await owners(home, `${home}/.ssh`, `${home}/.ssh/keys`)).toEqual([
      '0:0 755',
      '1000:1000 755',
      '1000:1000 600',
    ])
    expect(await owners(`${home}/.config`, `${home}/.config/deep`)).toEqual(['1000:0 755', '1000:0 755'])
    expect(await owners(`${home}/sites`, `${home}/sites/one`)).toEqual(['1000:1000 755', '1000:1000 755'])
  })
})

test('a home that /etc/passwd names elsewhere is one too, by name and by number', async () => {
  const { guest } = await overTree()
  await guest.exec(['sh', '-c', 'echo web:x:33:33::/srv/web:/bin/sh >>/etc/passwd'])
  const from = join(temporary({ page: 'x' }), 'page')
  await guest.upload(from, '/srv/web/site/page', { owner: 'web' })
  await guest.upload(from, '/srv/web/other/page', { owner: '33:33' })
  await guest.upload(from, '/srv/website/page', { owner: 'web' })
  const { stdout } = await guest.exec([
    ...['stat', '-c', '%u', '/srv', '/srv/web', '/srv/web/site', '/srv/web/other', '/srv/website'],
  ])
  expect(stdout.trim().split('\n')).toEqual(['0', '33', '33', '33', '0'])
})
