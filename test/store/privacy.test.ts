import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { lock } from '../../core/store/lock.ts'
import { closeStore } from '../../core/store/privacy.ts'
import { Store } from '../../core/store/store.ts'
import { temporary } from '../support/directory.ts'
import { entry, keyFor } from '../support/store.ts'
import { asStranger, giveAway } from '../support/stranger.ts'

afterEach(() => vi.unstubAllEnvs())

const mode = (path: string) => statSync(path).mode & 0o7777

describe('a store is for its owner alone', () => {
  test('where it is made, and so are its records', async () => {
    const store = await new Store(join(temporary(), 'store')).open()
    expect(mode(store.directory)).toBe(0o700)
    expect(mode(join(store.directory, 'steps'))).toBe(0o700)
    await entry(store, keyFor('a'), { file: 'text' })
    expect(mode(join(store.directory, 'steps', keyFor('a'), 'record.json'))).toBe(0o600)
  })

  test('where an earlier release left it open', async () => {
    const directory = join(temporary(), 'store')
    for (const part of ['', 'steps', 'locks', 'layouts']) {
      mkdirSync(join(directory, part), { recursive: true })
      chmodSync(join(directory, part), 0o755)
    }
    await new Store(directory).open()
    for (const part of ['', 'steps', 'locks', 'layouts', 'logs'])
      expect(mode(join(directory, part))).toBe(0o700)
  })

  test('its parts alone where there is something else beside them', async () => {
    const directory = temporary({ 'other.txt': '' })
    chmodSync(directory, 0o755)
    await new Store(directory).open()
    expect(mode(directory)).toBe(0o755)
    expect(mode(join(directory, 'steps'))).toBe(0o700)
    const sticky = temporary()
    chmodSync(sticky, 0o1777)
    await new Store(sticky).open()
    expect(mode(sticky)).toBe(0o1777)
    expect(mode(join(sticky, 'tmp'))).toBe(0o700)
  })

  test('another user’s is refused', async () => {
    const directory = temporary()
    const uid = statSync(directory).uid
    const { getuid } = process
    onTestFinished(() => {
      process.getuid = getuid!
    })
    process.getuid = () => uid + 1
    await expect(closeStore(directory, [])).rejects.toMatchObject({ code: 'STORE_FOREIGN' })
    // root may, for a user who has become root
    process.getuid = () => 0
    vi.stubEnv('SUDO_UID', String(uid))
    await closeStore(directory, [])
  })

  test('so is one with a part that another user has put there: trees in it are run', async () => {
    for (const plant of [
      (path: string) => mkdirSync(path),
      (path: string) => symlinkSync(temporary(), path),
    ]) {
      const directory = temporary()
      const steps = join(directory, 'steps')
      plant(steps)
      giveAway(steps)
      await expect(closeStore(directory, ['steps'])).rejects.toMatchObject({
        code: 'STORE_FOREIGN',
        message: expect.stringContaining(steps),
      })
    }
  })
})

describe('a lock', () => {
  test('that a process of another user holds is an error, and no wait without end', async () => {
    const file = join(temporary(), 'lock')
    writeFileSync(file, '', { mode: 0o644 })
    // opened before the store was closed, as by anybody who could read it
    const hold = `exec 9<"$1"; shift; exec "$@" flock /proc/self/fd/9 sh -c 'echo held; exec cat >/dev/null'`
    const holder = spawn('bash', ['-c', hold, 'bash', file, ...asStranger], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => void holder.stdin.end())
    await once(holder.stdout, 'data')
    for (const noWait of [false, true])
      await expect(lock(file, { noWait })).rejects.toMatchObject({
        code: 'LOCK_FOREIGN',
        message: expect.stringContaining(`process ${holder.pid} of another user`),
      })
    holder.stdin.end()
    await once(holder, 'close')
    await (await lock(file))!.release()
  })

  test('that this user holds is waited for', async () => {
    const file = join(temporary(), 'lock')
    const first = await lock(file)
    expect(await lock(file, { noWait: true })).toBeUndefined()
    await first!.release()
  })
})
