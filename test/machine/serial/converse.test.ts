import { expect, test } from 'vitest'
import { pagers } from '../../../core/machine/serial/pagers.ts'
import type { DialogueState } from '../../../core/machine/serial/states.ts'
import { onTerminal, scripted } from './guest.ts'

test('goes from state to state, answers pagers, and types what depends on what was said', async () => {
  const { dialogue, guest, typed } = await scripted()
  const answers: Record<string, string> = {
    'show\r': '\r\npage 1\r\n---(more 50%)---',
    ' ': '\r                \rpage 2\r\nadd 17 and 25: ',
    '42\r': '\r\nthank you\r\n> ',
  }
  let last = ''
  guest.on('data', (chunk) => {
    last += chunk
    const reply = answers[last]
    if (reply === undefined) guest.write(chunk)
    else {
      guest.write(reply)
      last = ''
    }
  })
  guest.write('> ')
  const states: Record<string, DialogueState> = {
    prompt: { on: [{ see: /^> $/, line: 'show', to: 'pages' }] },
    pages: {
      on: [
        ...pagers,
        {
          see: /add (\d+) and (\d+): $/,
          reply: ([, a, b]) => ({ line: String(Number(a) + Number(b)) }),
          to: 'sum',
        },
      ],
    },
    sum: { on: [{ see: /> $/, to: 'end' }] },
  }
  await dialogue.converse(states, { from: 'prompt', to: 'end', deadline: 10 })
  expect(typed()).toBe('show\r 42\r')
  expect(dialogue.transcript()).toBe(
    '> → show\npage 1\n---(more 50%)---→  \npage 2\nadd 17 and 25: → 42\nthank you\n> ',
  )
})

test('a pager of a real program is answered', async () => {
  const { dialogue } = await onTerminal(['sh', '-c', 'seq 1 100 | more; echo done; sleep 60'])
  await dialogue.converse(
    { pages: { on: [...pagers, { see: /^done\n/m, to: 'end' }] } },
    { from: 'pages', to: 'end', deadline: 10 },
  )
  expect(dialogue.transcript()).toContain('\n99\n100\n')
})

test('the deadline of a state names it and what it awaited', async () => {
  const { dialogue, guest } = await scripted()
  guest.write('login: ')
  const states = {
    begin: { on: [{ see: /login: $/, send: 'root\r', to: 'password' }] },
    password: { on: [{ see: /Password: $/, to: 'end' }], deadline: 0.2 },
  }
  await expect(dialogue.converse(states, { from: 'begin', to: 'end', deadline: 10 })).rejects.toMatchObject({
    code: 'SERIAL_TIMEOUT',
    message: 'The dialogue "test" in the state "password" waited 0.2 s for /Password: $/, and nothing came.',
    details: { lines: ['login: → root\\r'] },
  })
})

test('so does the deadline of all of it, also while pages come', async () => {
  const { dialogue, guest } = await scripted()
  guest.on('data', () => guest.write('\r\n--More--'))
  guest.write('--More--')
  await expect(
    dialogue.converse({ pages: { on: [...pagers] } }, { from: 'pages', to: 'end', deadline: 0.5 }),
  ).rejects.toMatchObject({
    code: 'SERIAL_OVERDUE',
    message: expect.stringMatching(
      /^The dialogue "test" in the state "pages" did not come to "end" within 0\.5 s/,
    ),
  })
})

test('an echo that does not come is waited for as long as its state may take', async () => {
  const { dialogue, guest } = await scripted()
  guest.write('> ')
  const states = { ask: { on: [{ see: /> $/, line: 'show', to: 'end' }], deadline: 0.3 } }
  await expect(dialogue.converse(states, { from: 'ask', to: 'end', deadline: 10 })).rejects.toMatchObject({
    code: 'SERIAL_NO_ECHO',
    message: expect.stringMatching(
      /^The dialogue "test" in the state "ask" typed "show", and the guest did not echo it within 0\.[123] s\.$/,
    ),
  })
})

test('a refusal is told with its reason and hint', async () => {
  const { dialogue, guest } = await scripted()
  guest.write('no licence\r\n')
  const states = { ask: { on: [{ see: /no licence/, fail: 'it has no licence', hint: 'Buy one.' }] } }
  await expect(dialogue.converse(states, { from: 'ask', to: 'end', deadline: 5 })).rejects.toMatchObject({
    code: 'SERIAL_REFUSED',
    message: 'The dialogue "test" in the state "ask" was refused: it has no licence.',
    details: { hint: 'Buy one.', lines: ['no licence'] },
  })
})

test('a state that is not there is told before anything is typed', async () => {
  const { dialogue, typed } = await scripted()
  const states = { ask: { on: [{ see: /x/, to: 'answr' }] } }
  const options = { from: 'ask', to: 'end', deadline: 5 }
  await expect(dialogue.converse(states, options)).rejects.toMatchObject({
    code: 'SERIAL_STATE',
    message: 'The dialogue "test" goes from "ask" to "answr", which is none of its states.',
  })
  await expect(dialogue.converse(states, { ...options, from: 'aks' })).rejects.toThrow('"aks"')
  expect(typed()).toBe('')
})
