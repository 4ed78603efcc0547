import { expect, test } from 'vitest'
import { run } from '../../core/serial/run.ts'
import { onTerminal } from './guest.ts'

const prompt = /guest# $/
const SHELLS: [string, string[]][] = [
  ['bash', ['bash', '--norc', '--noprofile', '-i']],
  ['busybox ash', ['busybox', 'ash', '-i']],
  ['a shell without line editing', ['dash', '-i']],
]

test.each(SHELLS)('output and exit status on %s', async (_name, shell) => {
  const { dialogue } = await onTerminal(shell)
  await dialogue.expect({ prompt })
  expect(await run(dialogue, ['printf', 'a b\\n\\nnaïve $HOME'], { prompt })).toEqual({
    code: 0,
    output: 'a b\n\nnaïve $HOME',
    cut: false,
  })
  const long = 'x y'.repeat(100)
  expect((await run(dialogue, ['echo', long], { prompt })).output).toContain(long)
  expect(await run(dialogue, ['sh', '-c', 'exit 7'], { prompt, allowFailure: true })).toMatchObject({
    code: 7,
    output: '',
  })
})
