import { expect, test } from 'vitest'
import { specifyMachine } from '../../../core/build/first-machine.ts'
import { buildOf, disk, imageOf, newStore, plugin } from '../../support/image.ts'

test('the ports of plugins are forwarded beside those of the config, each once', async () => {
  const netconf = { port: 830, protocol: 'tcp' } as const
  const image = imageOf(
    [
      disk(),
      plugin(({ boot }) =>
        boot.tap('ports', (spec) => ({ ...spec, ports: [...spec.ports, netconf, netconf] })),
      ),
    ],
    { ports: ['22/tcp', '161/udp'] },
  )
  const { build } = await buildOf(image, await newStore())
  expect((await specifyMachine(build)).ports).toEqual([
    { port: 22, protocol: 'tcp' },
    { port: 161, protocol: 'udp' },
    netconf,
  ])
})
