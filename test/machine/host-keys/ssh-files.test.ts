import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { anyHostKey, type HostKeys } from '../../../core/machine/host-keys/host-keys.ts'
import { writeSshFiles } from '../../../core/machine/host-keys/ssh-files.ts'
import { TrustedKeys } from '../../../core/machine/host-keys/trusted.ts'
import { temporary } from '../../support/directory.ts'
import { hostKey, publicKey } from '../ssh-server.ts'

const [ONE, OTHER] = [publicKey(hostKey()), publicKey(hostKey())]

/** What is written for an endpoint with NETCONF at another port, and how ssh(1) reads it. */
const written = async (hostKeys: HostKeys, host = 'leaf') => {
  const directory = join(temporary(), 'ssh')
  const at = (port: number) => ({ host, port, hostKeys })
  const { env, views } = await writeSshFiles(directory, [at(2222), at(8830)])
  expect(views).toEqual({ '/root/.ssh': directory })
  const config = execFileSync('ssh', ['-F', join(directory, 'config'), '-G', host], {
    stdio: ['ignore', 'pipe', 'ignore'],
  }).toString()
  return {
    env,
    known: readFileSync(env.ANTIDOTE_KNOWN_HOSTS!, 'utf8'),
    strict: /^stricthostkeychecking (.*)$/m.exec(config)![1],
  }
}

const fileWith = (text: string) => join(temporary({ known: text }), 'known')

test('an endpoint whose key is known has it at its other ports, too, and nobody else passes', async () => {
  const text = `[leaf]:2222 ${ONE}\n[spine]:22 ${OTHER}\n`
  const { env, known, strict } = await written(new TrustedKeys({ file: fileWith(text) }))
  expect(known).toBe(`[leaf]:2222 ${ONE}\n[leaf]:8830 ${ONE}\n${text}`)
  expect(strict).toBe('true')
  expect(env).toMatchObject({ ANTIDOTE_UNKNOWN_HOSTS: 'refuse', ANSIBLE_HOST_KEY_CHECKING: 'True' })
  expect(env).not.toHaveProperty('ANSIBLE_PARAMIKO_HOST_KEY_AUTO_ADD')
})

test('a port with a key of its own keeps it', async () => {
  const text = `[leaf]:2222 ${ONE}\n[leaf]:8830 ${OTHER}\n`
  const { known } = await written(new TrustedKeys({ file: fileWith(text) }))
  expect(known).toBe(`${text}${text}`)
})

test('of an endpoint of this host the first key is taken, and the one that is known already counts', async () => {
  const hostKeys = new TrustedKeys()
  hostKeys.keep({ host: '127.0.0.1', port: 2222 }, Buffer.from(ONE.split(' ')[1]!, 'base64'))
  const { env, known, strict } = await written(hostKeys, '127.0.0.1')
  expect(known).toBe(`[127.0.0.1]:2222 ${ONE}\n[127.0.0.1]:8830 ${ONE}\n`)
  expect(strict).toBe('accept-new')
  expect(env).toMatchObject({
    ANTIDOTE_UNKNOWN_HOSTS: 'keep',
    ANSIBLE_HOST_KEY_CHECKING: 'True',
    ANSIBLE_PARAMIKO_HOST_KEY_AUTO_ADD: 'True',
  })
})

test('any key is taken where that was said', async () => {
  const { env, known, strict } = await written(anyHostKey)
  expect([known, strict]).toEqual(['', 'false'])
  expect(env).toMatchObject({ ANTIDOTE_UNKNOWN_HOSTS: 'accept', ANSIBLE_HOST_KEY_CHECKING: 'False' })
})
