import { expect, test } from 'vitest'
import { containerPorts, needsBind } from '../../../core/launcher/container/ports.ts'
import { specOf } from '../../base/model/machine-spec.ts'

test('SSH and the ports of the machine on all addresses, each under its own number where that is allowed', async () => {
  const ports = await containerPorts(specOf({ ports: [{ port: 8161, protocol: 'udp' }] }))
  expect(ports).toEqual([
    { port: 22, protocol: 'tcp', host: '0.0.0.0', hostPort: expect.any(Number) },
    { port: 8161, protocol: 'udp', host: '0.0.0.0', hostPort: 8161 },
  ])
})

test('what shows that the guest is ready is reached inside the container at least', async () => {
  const ports = await containerPorts(specOf({ ready: { kind: 'http', port: 8080, path: '/' } }))
  expect(ports).toContainEqual({ port: 8080, protocol: 'tcp', host: '127.0.0.1', hostPort: 8080 })
  const published = specOf({
    ready: { kind: 'netconf', port: 8830 },
    ports: [{ port: 8830, protocol: 'tcp' }],
  })
  expect(await containerPorts(published)).toContainEqual({
    port: 8830,
    protocol: 'tcp',
    host: '0.0.0.0',
    hostPort: 8830,
  })
})

test('a port that everybody may use needs no capability', async () => {
  expect(await needsBind([{ hostPort: 65_000 }])).toBe(false)
  expect(await needsBind([])).toBe(false)
})
