import { chmodSync, mkdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { isAntidoteError } from '../../../core/base/errors/error.ts'
import { loadImage } from '../../../core/cli/loader/load.ts'
import { checkTrust, thisRunner } from '../../../core/cli/loader/trust.ts'
import { temporary } from '../../support/directory.ts'
import { giveAway } from '../../support/stranger.ts'

afterEach(() => vi.unstubAllEnvs())

const NAME = 'antidote.config.ts'
/** Leaves a trace where it is run. */
const CONFIG = `import { writeFileSync } from 'node:fs'
writeFileSync(new URL('ran', import.meta.url), '')
export default { name: 'x', use: [] }
`

const refusal = (file: string, env: NodeJS.ProcessEnv = {}): string => {
  try {
    checkTrust(file, thisRunner(env))
  } catch (error) {
    if (isAntidoteError(error) && error.code === 'CONFIG_FOREIGN') return error.message
    throw error
  }
  return ''
}

test('a config of one’s own is run', () => {
  expect(refusal(join(temporary({ [NAME]: CONFIG }), NAME))).toBe('')
})

describe('what another user wrote or could replace is not run', () => {
  test('the file', async () => {
    const directory = temporary({ [NAME]: CONFIG })
    giveAway(join(directory, NAME))
    await expect(loadImage({ directory })).rejects.toMatchObject({
      code: 'CONFIG_FOREIGN',
      message: expect.stringContaining('is not used: it belongs to another user'),
      details: { exitCode: 2, hint: expect.stringContaining(`ANTIDOTE_TRUST=${directory}`) },
    })
    expect(() => statSync(join(directory, 'ran'))).toThrow('ENOENT')
  })

  test('a directory above it', () => {
    const top = temporary({ [`a/b/${NAME}`]: CONFIG })
    const file = join(top, 'a/b', NAME)
    giveAway(join(top, 'a'))
    expect(refusal(file)).toMatch(new RegExp(`: ${top}/a belongs to another user, \\d+\\.$`))
  })

  test('what everybody, or another group, may write; a sticky directory they may not change', () => {
    const top = temporary({ [`a/${NAME}`]: CONFIG })
    const file = join(top, 'a', NAME)
    chmodSync(join(top, 'a'), 0o777)
    expect(refusal(file)).toContain('/a can be written by every user')
    chmodSync(join(top, 'a'), 0o1777)
    expect(refusal(file)).toBe('')
    chmodSync(file, 0o666)
    expect(refusal(file)).toContain('it can be written by every user')
    chmodSync(file, 0o664)
    // of this user's own group, which is often the user's alone
    expect(refusal(file)).toBe('')
    const runner = { ...thisRunner({}), gids: new Set<number>() }
    expect(() => checkTrust(file, runner)).toThrow('can be written by the group')
  })

  test('where a link leads', () => {
    const own = temporary()
    const other = temporary({ [NAME]: CONFIG })
    giveAway(join(other, NAME))
    symlinkSync(join(other, NAME), join(own, NAME))
    expect(refusal(join(own, NAME))).toContain('belongs to another user')
    // and a link of one's own config in another's directory
    const mine = temporary({ [NAME]: CONFIG })
    const theirs = temporary()
    mkdirSync(join(theirs, 'd'))
    symlinkSync(join(mine, NAME), join(theirs, 'd', NAME))
    giveAway(join(theirs, 'd'))
    expect(refusal(join(theirs, 'd', NAME))).toContain('/d belongs to another user')
  })
})

describe('who is trusted', () => {
  test('by ANTIDOTE_TRUST: a directory and what is below it, or everything', () => {
    const top = temporary({ [`a/b/${NAME}`]: CONFIG, [`ab/${NAME}`]: CONFIG })
    for (const path of ['a/b', `a/b/${NAME}`, 'ab', `ab/${NAME}`]) giveAway(join(top, path))
    const file = join(top, 'a/b', NAME)
    expect(refusal(file)).not.toBe('')
    for (const value of [join(top, 'a'), `/nowhere:${join(top, 'a/b')}`, '*'])
      expect(refusal(file, { ANTIDOTE_TRUST: value })).toBe('')
    expect(refusal(join(top, 'ab', NAME), { ANTIDOTE_TRUST: join(top, 'a') })).not.toBe('')
  })

  test('root, and the user who has become root', () => {
    const { getuid, getgid } = process
    try {
      process.getuid = () => 1000
      expect([...thisRunner({ SUDO_UID: '7' }).uids]).toEqual([0, 1000])
      process.getuid = () => 0
      process.getgid = () => 0
      expect([...thisRunner({ SUDO_UID: '1000', SUDO_GID: '1001' }).uids]).toEqual([0, 1000])
      expect([...thisRunner({ SUDO_UID: '1000', SUDO_GID: '1001' }).gids]).toEqual([0, 1001])
      expect([...thisRunner({}).uids]).toEqual([0])
    } finally {
      Object.assign(process, { getuid, getgid })
    }
  })
})
