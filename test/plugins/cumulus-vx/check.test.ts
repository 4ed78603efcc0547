import { expect, test } from 'vitest'
import { deviations } from '../../../plugins/cumulus-vx/check.ts'
import { releaseOf } from '../../../plugins/cumulus-vx/releases.ts'

const WANTED = { hostname: 'leaf1', user: 'antidote', release: releaseOf('5.12')! }

const SAID = `host leaf1
groups antidote sudo nvshow nvset nvapply
vrf mgmt
address 10.0.0.15/24
ztp disabled
cards swp1 swp2 swp3 
`

test('a switch that is as it was asked for has no deviation', () => {
  expect(deviations(SAID, WANTED, 3)).toEqual([])
  const nclu = SAID.replace('nvshow nvset nvapply', 'netshow netedit')
  expect(deviations(nclu, { ...WANTED, release: releaseOf('3.7')! }, 3)).toEqual([])
})

test('each deviation is named', () => {
  const said = SAID.replace('leaf1', 'cumulus')
    .replace(' nvset', '')
    .replace('vrf mgmt\n', '')
    .replace('10.0.0.15/24', '')
    .replace('disabled', 'enabled')
    .replace('swp2 swp3', 'swp3')
  expect(deviations(said, WANTED, 3)).toEqual([
    'not so: the host name is leaf1',
    'not so: antidote is in the group nvset',
    'not so: eth0 is in the VRF mgmt',
    'not so: eth0 has an address',
    'not so: zero-touch provisioning is disabled',
    'not so: the switch ports are swp1 swp2 swp3',
  ])
})

test('an empty answer deviates in everything, but for ports that nobody wants', () => {
  expect(deviations('', WANTED, 0)).toHaveLength(8)
})
