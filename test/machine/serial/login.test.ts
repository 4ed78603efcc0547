import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { secret } from '../../../core/base/model/secret.ts'
import { login } from '../../../core/machine/serial/login.ts'
import { onTerminal } from './guest.ts'

const LOGIN = fileURLToPath(new URL('./children/login.py', import.meta.url))
const prompt = /user@double:~\$ $/
const begin = (...words: string[]) => onTerminal(['python3', LOGIN, ...words])

test('logs in, and again where it is logged in already; no password is shown', async () => {
  const { dialogue, log } = await begin('pass-word-1')
  await login(dialogue, { user: 'user', password: secret('pass-word-1'), prompt })
  await dialogue.send('\r')
  await login(dialogue, { user: 'user', password: 'unused', prompt })
  expect(log).toContain('double login: → user')
  expect(log).toContain('Password: → ••••')
  expect(log.join('\n')).not.toContain('pass-word-1')
  expect(dialogue.transcript()).toContain('Last login: Fri Nov 20')
})

test('logs in again where the guest was too slow for its own login', async () => {
  const { dialogue } = await begin('pass-word-1', 'slow')
  await login(dialogue, { user: 'user', password: 'pass-word-1', prompt })
})

test('a wrong password is told as that', async () => {
  const { dialogue } = await begin('right-one')
  await expect(login(dialogue, { user: 'user', password: 'wrong-one', prompt })).rejects.toMatchObject({
    code: 'SERIAL_REFUSED',
    message:
      'The dialogue "test" in the state "answer" was refused: the guest did not take the password of "user".',
    details: { lines: expect.arrayContaining(['Password: → ••••', 'Login incorrect']) },
  })
})

test.each(['expired', 'again'])('changes a password that is %s', async (kind) => {
  const { dialogue, log } = await begin('old-secret', kind)
  await login(dialogue, { user: 'user', password: 'old-secret', newPassword: 'new-secret', prompt })
  expect(log).toContain('Retype new password: → ••••')
  expect(log.join('\n')).not.toMatch(/(old|new)-secret/)
})

test('a password that is the name of the user is no secret, and stays in every message', async () => {
  const { dialogue, log } = await begin('user', 'expired')
  await login(dialogue, { user: 'user', password: 'user', newPassword: 'new-secret', prompt })
  expect(log).toContain('double login: → user')
  expect(log).toContain('Changing password for user.')
  expect(log.join('\n')).not.toContain('new-secret')
})

test('a new password that is wanted or refused is told as that', async () => {
  const expired = await begin('old-secret', 'expired')
  const options = { user: 'user', password: 'old-secret', prompt }
  await expect(login(expired.dialogue, options)).rejects.toThrow('wants a new password for "user"')
  const strict = await begin('old-secret', 'strict')
  await expect(login(strict.dialogue, { ...options, newPassword: 'weak-one' })).rejects.toMatchObject({
    message: expect.stringContaining('did not take the new password of "user"'),
    details: { lines: expect.arrayContaining(['BAD PASSWORD: The password is too simple']) },
  })
})

test('finds its way through messages of a kernel, character by character', async () => {
  const { dialogue } = await onTerminal(['python3', LOGIN, 'old-secret', 'expired'], { spam: 0.02 })
  await login(dialogue, { user: 'user', password: 'old-secret', newPassword: 'new-secret', prompt })
})
