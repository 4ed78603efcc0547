import { expect, test } from 'vitest'
import { pause } from '../../../core/base/async/wait.ts'
import { type Discovery, discover } from '../../../core/launcher/network/discover.ts'
import type { Link } from '../../../core/launcher/network/link.ts'
import { Ripeness } from '../../../core/launcher/network/ripe.ts'

const link = (name: string, on = true) => ({ name, index: name.length, on }) as Link

/** Looks give these lists one after the other, the last one again and again; a look follows at once. */
const look = async (lists: Link[][], parts: Partial<Discovery>) => {
  const lines: string[] = []
  const waits: number[] = []
  const [present, ...later] = lists
  const found = await discover({
    present: present!,
    list: async () => (later.length > 1 ? later.shift()! : (later[0] ?? present!)),
    watch: {
      change: async (ms) => {
        waits.push(ms)
        // time passes only once nothing changes any more
        if (later.length <= 1) await pause(ms)
      },
    },
    ripeness: new Ripeness(),
    deadline: 60_000,
    settle: 0,
    say: (line) => lines.push(line),
    signal: new AbortController().signal,
    ...parts,
  })
  return { names: found.map(({ name }) => name), lines, waits }
}

test('takes what is there at once where nothing is asked for', async () => {
  expect(await look([[link('net0')]], {})).toEqual({ names: ['net0'], lines: [], waits: [] })
  expect((await look([[]], {})).names).toEqual([])
})

test('waits for as many as asked, and looks again though nothing was heard', async () => {
  const lists = [[], [link('net0')], [link('net0'), link('net10')]]
  const { names, lines, waits } = await look(lists, { interfaces: 2 })
  expect(names).toEqual(['net0', 'net10'])
  expect(lines).toEqual(['waiting for 2 data interfaces; there are 0'])
  expect(waits).toEqual([1000, 1000])
})

test('starts without those that did not come in time, and says so', async () => {
  const { names, lines } = await look([[link('net0')]], { interfaces: 2, deadline: 30 })
  expect(names).toEqual(['net0'])
  expect(lines.at(-1)).toBe('1 of 2 data interfaces came within 0 s; it starts without the others')
})

test('settles once none has come for a while', async () => {
  const begun = performance.now()
  const { names } = await look([[], [link('net0')]], { settle: 60 })
  expect(names).toEqual(['net0'])
  // the time began anew when one came
  expect(performance.now() - begun).toBeGreaterThan(60)
})

test('an abort ends the wait', async () => {
  const stop = new AbortController()
  const waiting = look([[]], {
    interfaces: 1,
    signal: stop.signal,
    watch: { change: async () => stop.abort(new Error('stopped')) },
  })
  await expect(waiting).rejects.toThrow('stopped')
})

test('what is switched off counts once it has kept its name', () => {
  const ripeness = new Ripeness()
  const names = (links: Link[], now: number) => {
    const { ripe, next } = ripeness.sort(links, now)
    return [ripe.map(({ name }) => name).join(), next]
  }
  expect(names([link('veth12', false), link('eth1')], 0)).toEqual(['eth1', 200])
  expect(names([link('eth2', false), link('eth1')], 150)).toEqual(['eth1', 200])
  expect(names([link('eth2', false), link('eth1')], 340)).toEqual(['eth1', 10])
  expect(names([link('eth2', false), link('eth1')], 350)).toEqual(['eth2,eth1', undefined])
  expect(names([link('eth2')], 400)).toEqual(['eth2', undefined])
})
