import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { secret } from '../../../core/index.ts'
import { FIRST, setUp } from '../../../plugins/cumulus-vx/access.ts'
import { releaseOf } from '../../../plugins/cumulus-vx/releases.ts'
import { onTerminal } from '../../machine/serial/guest.ts'
import { temporary } from '../../support/directory.ts'

const LOGIN = fileURLToPath(new URL('./children/login.sh', import.meta.url))
const HASH = '$6$salt$w3Vc1mYFhLu2lXPmCtPgyXC0'
const INTERFACES = 'auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n'

interface Switch {
  /** The release that the disk has, and the one that was named. */
  has: string
  named?: string
  password: string
  expired?: boolean
  id?: string
}

/** Sets up a switch that has nothing but its console. */
const settingUp = async ({ has, named = has, password, expired, id = 'Cumulus Linux' }: Switch) => {
  const root = temporary()
  for (const directory of ['etc/network', 'etc/sudoers.d'])
    mkdirSync(join(root, directory), { recursive: true })
  writeFileSync(join(root, 'etc/lsb-release'), `DISTRIB_ID="${id}"\nDISTRIB_RELEASE=${has}\n`)
  writeFileSync(join(root, 'etc/network/interfaces'), INTERFACES)
  writeFileSync(join(root, 'password'), `${password}\n`)
  const namespaces = ['unshare', '--user', '--map-root-user', '--mount']
  const { dialogue, log } = await onTerminal([
    ...namespaces,
    ...['sh', LOGIN, root, ...(expired ? ['expired'] : [])],
  ])
  const release = releaseOf(named)!
  const credentials = { user: 'cumulus', password: secret(release.password) }
  const wanted = { hostname: 'leaf1', user: 'antidote', release }
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  return { done: setUp(dialogue, { credentials, deadline: 60 }, wanted, HASH), log, read }
}

const AGES = ['-M -1 -I -1 -E -1 cumulus', '-M -1 -I -1 -E -1 antidote'].map((words) => `chage ${words}`)
const PASSWORDS = ['chpasswd -e', `antidote:${HASH}`, `cumulus:${HASH}`]

describe('the console of a switch', () => {
  test('3.7: logs in, makes the user, and puts eth0 into the VRF of management', async () => {
    const { done, log, read } = await settingUp({ has: '3.7.8', named: '3.7', password: 'CumulusLinux!' })
    await done
    const groups = 'useradd --create-home --shell /bin/bash --groups sudo,netshow,netedit antidote'
    expect(read('told').trim().split('\n')).toEqual([groups, ...AGES, 'ifreload -a', ...PASSWORDS])
    expect(read('etc/sudoers.d/antidote')).toBe('antidote ALL=(ALL:ALL) NOPASSWD: ALL\n')
    expect(read('etc/network/interfaces')).toBe(
      `${INTERFACES}    vrf mgmt\n\nauto mgmt\niface mgmt\n    address 127.0.0.1/8\n    vrf-table auto\n`,
    )
    expect(log.join('\n')).not.toContain('CumulusLinux!')
    expect(log.join('\n')).not.toContain(HASH)
  })

  test('4.4: a new password at the first login, the same command line', async () => {
    const { done, log, read } = await settingUp({
      has: '4.4.5',
      named: '4.4',
      password: 'cumulus',
      expired: true,
    })
    await done
    expect(read('told')).toContain('--groups sudo,netshow,netedit antidote\n')
    expect(read('password')).toBe(`${FIRST}\n`)
    expect(log).toContain('Retype new password: → ••••')
    expect(log.join('\n')).not.toContain(FIRST)
  })

  test('5.12: a new password at the first login, the groups of NVUE, and its own files left alone', async () => {
    const { done, read } = await settingUp({ has: '5.12.1', password: 'cumulus', expired: true })
    await done
    const groups = 'useradd --create-home --shell /bin/bash --groups sudo,nvshow,nvset,nvapply antidote'
    expect(read('told').trim().split('\n')).toEqual([groups, ...AGES, ...PASSWORDS])
    expect(read('etc/network/interfaces')).toBe(INTERFACES)
  })

  test('another release than was named, and another system, are told before anything is changed', async () => {
    const other = await settingUp({ has: '5.10.0', named: '5.1', password: 'cumulus' })
    await expect(other.done).rejects.toMatchObject({
      code: 'CUMULUS_RELEASE',
      message: 'The disk has release 5.10.0, not 5.1.',
    })
    const foreign = await settingUp({ has: '5.12', password: 'cumulus', id: 'Ubuntu' })
    await expect(foreign.done).rejects.toMatchObject({
      code: 'CUMULUS_FOREIGN',
      details: { lines: expect.arrayContaining(['DISTRIB_ID="Ubuntu"']) },
    })
    for (const { read } of [other, foreign]) expect(() => read('told')).toThrow('ENOENT')
  })
})
