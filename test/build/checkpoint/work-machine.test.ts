import { expect, onTestFinished, test } from 'vitest'
import { WorkMachine } from '../../../core/build/checkpoint/work-machine.ts'
import type { Launched } from '../../../core/machine/launch.ts'
import { Console } from '../../../core/machine/qemu/console.ts'
import { socketPair } from '../../machine/streams.ts'

test('what makes a machine fail ends the dialogue on its console, and is its reason', async () => {
  const { ours, theirs } = await socketPair()
  onTestFinished(() => {
    ours.destroy()
    theirs.destroy()
  })
  const watch = new AbortController()
  const lines: string[] = []
  const log = { info: () => {}, warn: () => {}, line: (text: string) => void lines.push(text) }
  const launched = {
    spec: { name: 'router' },
    qemu: { console: new Console(ours) },
    watch: { signal: watch.signal },
    options: { signal: new AbortController().signal },
  } as unknown as Launched
  const { serial } = new WorkMachine(launched, log, false)
  theirs.write('Kernel panic - not syncing: no root\r\n')
  await serial.expect({ panic: /panic/ })
  watch.abort(new Error('its kernel gave up'))
  await expect(serial.expect({ login: /login: $/ })).rejects.toThrow('its kernel gave up')
  expect(lines).toEqual(['Kernel panic - not syncing: no root'])
})
