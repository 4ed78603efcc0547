import { expect, test } from 'vitest'
import { run } from '../../../core/machine/serial/run.ts'
import { onTerminal } from './guest.ts'

const prompt = /guest# $/
const SHELLS: [string, string[]][] = [
  ['bash', ['bash', '--norc', '--noprofile', '-i']],
  ['busybox ash', ['busybox', 'ash', '-i']],
  ['a shell without line editing', ['dash', '-i']],
]

test.each(SHELLS)('gives output and exit status: %s', async (_name, shell) => {
  const { dialogue } = await onTerminal(shell)
  await dialogue.expect({ prompt })
  const options = { prompt, allowFailure: true }
  expect(await run(dialogue, ['printf', 'a b\\n\\nnaïve $HOME guest# '], options)).toEqual({
    code: 0,
    output: 'a b\n\nnaïve $HOME guest#',
    cut: false,
  })
  expect(await run(dialogue, ['sh', '-c', 'echo out; echo err >&2; exit 7'], options)).toMatchObject({
    code: 7,
    output: 'out\nerr\n',
  })
  // its words are no shell's
  const words = ["it's", '$(id)', '`id`', '"', '\\', '*', 'x y'.repeat(100)]
  expect((await run(dialogue, ['printf', '%s\\n', ...words], options)).output).toBe(`${words.join('\n')}\n`)
  expect(await run(dialogue, ['cat'], options)).toMatchObject({ code: 0, output: '' })
})

test('while a kernel writes into every line', async () => {
  const { dialogue } = await onTerminal(SHELLS[0]![1], { spam: 0.01 })
  await dialogue.expect({ prompt }, { deadline: 10 })
  for (const round of [1, 2, 3])
    expect(await run(dialogue, ['seq', String(round), '30'], { prompt })).toMatchObject({
      code: 0,
      output: Array.from({ length: 31 - round }, (_, index) => `${index + round}\n`).join(''),
    })
})

test('of very long output the end is kept', async () => {
  const { dialogue } = await onTerminal(SHELLS[2]![1])
  await dialogue.expect({ prompt })
  const { code, output, cut } = await run(dialogue, ['seq', '1', '200000'], { prompt })
  expect([code, cut]).toEqual([0, true])
  expect(output.endsWith('199999\n200000\n')).toBe(true)
})

test('throws on another status than 0, and for a command that does not end', async () => {
  const { dialogue } = await onTerminal(SHELLS[0]![1])
  await dialogue.expect({ prompt })
  await expect(run(dialogue, ['ls', '/nowhere'], { prompt })).rejects.toMatchObject({
    code: 'GUEST_COMMAND_FAILED',
    message: 'In the guest, `ls /nowhere` ended with exit status 2.',
    details: { lines: [expect.stringContaining('/nowhere')] },
  })
  await expect(run(dialogue, ['sleep', '60'], { prompt, deadline: 0.5 })).rejects.toMatchObject({
    code: 'SERIAL_TIMEOUT',
  })
})
