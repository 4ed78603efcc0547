import { describe, expect, test } from 'vitest'
import type { Lease } from '../../../core/launcher/network/addresses/lease.ts'
import { answer } from '../../../core/launcher/network/dhcp/answer.ts'
import { addressBytes, parsePacket, writePacket } from '../../../core/launcher/network/dhcp/packet.ts'

const MAC = '52:54:00:12:34:56'

/** A message as a client writes it: the fixed fields, then options in hex. */
const message = (
  options: string,
  { flags = '0000', client = '00000000', mac = MAC, op = '01' } = {},
): Buffer =>
  Buffer.from(
    `${op}010600deadbeef0003${flags}${client}${'00000000'.repeat(3)}${mac.replaceAll(':', '')}${'00'.repeat(10)}` +
      `${'00'.repeat(64 + 128)}63825363${options}`,
    'hex',
  )

const DISCOVER = '350101ff'
const request = (rest: string) => `350103${rest}ff`
const SERVER = '3604c63364fe'

const lease: Lease = {
  mac: MAC,
  address: '198.51.100.7',
  prefix: 24,
  gateway: '198.51.100.1',
  gatewayOutside: false,
  resolvers: ['198.51.100.2', '9.9.9.9'],
  mtu: 1450,
  hostname: 'r1',
  server: '198.51.100.254',
}

const reply = (bytes: Buffer, of: Lease = lease) => {
  const given = answer(parsePacket(bytes)!, of)
  return given && { to: given.to, hex: writePacket(given.packet).toString('hex') }
}

/** What a reply looks like: fixed fields, options, padding to 300 bytes. */
const expected = (
  options: string,
  { flags = '0000', client = '00000000', yours = 'c6336407' } = {},
): string =>
  (
    `02010600deadbeef0000${flags}${client}${yours}${'00000000'.repeat(2)}525400123456${'00'.repeat(10)}` +
    `${'00'.repeat(64 + 128)}63825363${options}ff`
  ).padEnd(600, '0')

const SETTINGS =
  `0104ffffff00` + `330400015180` + `0304c6336401` + `0608c633640209090909` + `0c027231` + `1a0205aa`

describe('byte for byte', () => {
  test('a DISCOVER gets an OFFER', () => {
    expect(reply(message(DISCOVER))).toEqual({
      to: '255.255.255.255',
      hex: expected(`350102${SERVER}${SETTINGS}`),
    })
  })

  test('a REQUEST for the address gets an ACK, with the flags and the identifier of the client', () => {
    const bytes = message(request(`3204c6336407${SERVER}3d0701525400123456`), { flags: '8000' })
    expect(reply(bytes)).toEqual({
      to: '255.255.255.255',
      hex: expected(`350105${SERVER}${SETTINGS}3d0701525400123456`, { flags: '8000' }),
    })
  })

  test('a REQUEST for another address gets a NAK', () => {
    expect(reply(message(request('3204c6336463')))).toEqual({
      to: '255.255.255.255',
      hex: expected(`350106${SERVER}`, { yours: '00000000' }),
    })
  })

  test('a renewal is answered to the address of the client', () => {
    expect(reply(message(request(''), { client: 'c6336407' }))).toEqual({
      to: '198.51.100.7',
      hex: expected(`350105${SERVER}${SETTINGS}`, { client: 'c6336407' }),
    })
  })

  test('an INFORM gets the settings without an address and a time', () => {
    expect(reply(message('350108ff', { client: 'c6336407' }))).toEqual({
      to: '198.51.100.7',
      hex: expected(`350105${SERVER}${SETTINGS.replace('330400015180', '')}`, {
        client: 'c6336407',
        yours: '00000000',
      }),
    })
  })

  test('a gateway outside the subnet gets a route of its own', () => {
    const { resolvers: _, hostname: __, ...rest } = lease
    const outside = { ...rest, resolvers: [], gateway: '169.254.1.1', gatewayOutside: true }
    expect(reply(message(DISCOVER), outside)?.hex).toBe(
      expected(`350102${SERVER}0104ffffff003304000151800304a9fe0101790e20a9fe01010000000000a9fe01011a0205aa`),
    )
  })
})

test.each([
  ['another client', message(DISCOVER, { mac: '52:54:00:99:99:99' })],
  ['a reply', message(DISCOVER, { op: '02' })],
  ['a REQUEST to another server', message(request('3204c63364073604c6336401'))],
  ['a RELEASE', message('350107ff')],
  ['a BOOTP request', message('ff')],
  ['an INFORM from another address', message('350108ff', { client: 'c6336463' })],
])('keeps silent for %s', (_, bytes) => {
  expect(reply(bytes)).toBeUndefined()
})

test('no answer goes to an address that the client makes up', () => {
  const given = reply(message(request('3204c6336407'), { client: '08080808' }))
  expect(given!.to).toBe('255.255.255.255')
  expect(given!.hex).not.toContain('08080808')
})

test('an identifier of more than 255 bytes comes back in parts, as it came', () => {
  const part = `3dff${'aa'.repeat(255)}`
  const request = message(`350101${part}${part}3d01bbff`)
  const given = answer(parsePacket(request)!, lease)!
  expect(given.packet.options.get(61)).toHaveLength(511)
  expect(parsePacket(writePacket(given.packet))).toEqual(given.packet)
})

describe('the codec', () => {
  test('reads what it writes', () => {
    const packet = parsePacket(
      message(request(`3204c6336407${SERVER}`), { flags: '8000', client: '0a000001' }),
    )!
    expect(packet).toMatchObject({
      reply: false,
      transaction: 0xdeadbeef,
      seconds: 3,
      broadcast: true,
      client: '10.0.0.1',
      mac: MAC,
    })
    expect(packet.options).toEqual(
      new Map([
        [53, Buffer.from([3])],
        [50, addressBytes('198.51.100.7')],
        [54, addressBytes('198.51.100.254')],
      ]),
    )
    expect(parsePacket(writePacket(packet))).toEqual(packet)
  })

  test('puts options together that are split, skips padding and what comes after the end', () => {
    const { options } = parsePacket(message(`0000350101${'0c0161'}${'0c0162'}ff0c0163`))!
    expect([...options]).toEqual([
      [53, Buffer.from([1])],
      [12, Buffer.from('ab')],
    ])
  })

  test.each([
    ['too short', Buffer.alloc(239)],
    ['without the cookie', Buffer.alloc(300)],
    ['longer than a frame', message(`350101${'00'.repeat(1300)}ff`)],
    ['not for Ethernet', Buffer.from(message(DISCOVER).fill(6, 1, 2))],
  ])('takes nothing that is %s', (_, bytes) => {
    expect(parsePacket(bytes)).toBeUndefined()
  })

  test('an option that is cut off does not make it read further', () => {
    expect(parsePacket(message('35010132ff'))!.options.get(50)?.length).toBe(0)
    expect(parsePacket(message('35'))!.options.get(53)?.length).toBe(0)
  })
})
