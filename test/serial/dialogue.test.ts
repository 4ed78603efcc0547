import { describe, expect, test } from 'vitest'
import { onTerminal, scripted } from './guest.ts'

describe('expect', () => {
  test('gives the pattern that stands first, its match, and what came before', async () => {
    const { dialogue, guest } = await scripted()
    guest.write('some text\r\nLogin incorrect\r\n\r\nhost login: ')
    const { is, match, before } = await dialogue.expect({ login: /login: $/, wrong: /Login (\w+)/ })
    expect([is, match[1], before]).toEqual(['wrong', 'incorrect', 'some text\n'])
    expect((await dialogue.expect({ login: /(\w+) login: $/ })).match[1]).toBe('host')
  })

  test('sees a prompt that comes in pieces, with messages of the kernel before, in and after it', async () => {
    const { dialogue, guest } = await scripted()
    const prompt = dialogue.expect({ prompt: /^host login: $/m })
    for (const piece of [
      '[    1.000000] eth0: link up\r\nho',
      'st l[   ',
      '12.345678] spam\r',
      '\nog',
      'in: [   13.000001',
      '] more spam\r\n',
    ]) {
      guest.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const { before } = await prompt
    expect(before).toBe('[    1.000000] eth0: link up\n[   12.345678] spam\n[   13.000001] more spam\n')
  })
})

test('what was typed is not taken for what the guest says', async () => {
  const { dialogue } = await onTerminal(['bash', '--norc', '--noprofile', '-i'])
  await dialogue.expect({ prompt: /guest# $/ })
  await dialogue.sendLine(`echo ${'to wrap '.repeat(20)} $((40 + 2))`)
  const { before } = await dialogue.expect({ prompt: /guest# $/ })
  expect(before).toBe(`\n${'to wrap '.repeat(20).trim()} 42\n`)
})
