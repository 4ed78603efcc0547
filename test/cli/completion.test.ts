import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bashCompletion } from '../../core/cli/completion/bash.ts'
import { fishCompletion } from '../../core/cli/completion/fish.ts'
import { completionTree } from '../../core/cli/completion/tree.ts'
import { zshCompletion } from '../../core/cli/completion/zsh.ts'
import { createProgram } from '../../core/cli/program.ts'
import { temporary } from '../support/directory.ts'

const tree = completionTree(createProgram(() => {}))

/** What bash offers for a command line whose last word is being typed. */
const offered = (line: string, cwd = temporary()): string[] => {
  const script = `${bashCompletion(tree)}
compopt() { :; }
read -r -a COMP_WORDS <<<"$1"
[[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_antidote
printf '%s\\n' "\${COMPREPLY[@]}"`
  const output = execFileSync('bash', ['--norc', '-c', script, 'bash', line], { cwd, encoding: 'utf8' })
  return output.split('\n').filter(Boolean)
}

describe('bash', () => {
  test.each([
    ['antidote pu', ['publish']],
    ['antidote -C /tmp pu', ['publish']],
    ['antidote build --un', ['--until']],
    ['antidote build --until boot', ['bootstrap']],
    ['antidote --json build --on-error ', ['abort', 'keep', 'shell']],
    ['antidote publish --j', ['--json']],
    ['antidote init cen', ['centos']],
    ['antidote shell k', ['kernel']],
    ['antidote completion z', ['zsh']],
    ['antidote boot -- ls --js', []],
  ])('%s', (line, words) => {
    expect(offered(line)).toEqual(words)
  })

  test('every verb, and every option of each', () => {
    expect(offered('antidote ')).toEqual(tree.verbs.map(({ name }) => name))
    for (const { name, options } of tree.verbs) {
      const known = [...tree.options, ...options].flatMap(({ names }) => names)
      expect(new Set(offered(`antidote ${name} -`))).toEqual(new Set(known))
    }
  })

  test('directories and files, with blanks in their names', () => {
    const directory = temporary({ 'a file.txt': '', 'other.txt': '' })
    mkdirSync(join(directory, 'a directory'))
    expect(offered('antidote -C a', directory)).toEqual(['a directory'])
    expect(offered('antidote build -o a', directory).sort()).toEqual(['a directory', 'a file.txt'])
  })

  test('completes what is typed in a terminal', () => {
    const directory = temporary({ 'antidote!': '#!/bin/sh\nprintf "got:%s\\n" "$@"\n' })
    const rc = join(directory, 'rc')
    writeFileSync(rc, `${bashCompletion(tree)}\nPATH=${directory}:$PATH\n`)
    const typed = 'antidote expl\t\t; exit\n'
    const output = execFileSync('script', ['-qec', `bash --noprofile --rcfile ${rc} -i`, '/dev/null'], {
      input: typed,
      encoding: 'utf8',
      env: { ...process.env, TERM: 'dumb' },
    })
    expect(output).toContain('got:explain')
  })
})

describe('zsh and fish', () => {
  test.each(['zsh', 'fish'] as const)('%s has every verb and option', (shell) => {
    const script = shell === 'zsh' ? zshCompletion(tree) : fishCompletion(tree)
    for (const { name, options } of tree.verbs) {
      expect(script).toContain(shell === 'zsh' ? `'${name}:` : `--arguments ${name} `)
      for (const option of options.flatMap(({ names }) => names).filter((one) => one.startsWith('--')))
        expect(script).toContain(shell === 'zsh' ? option : `--long-option ${option.slice(2)}`)
    }
  })

  test('an apostrophe in a description does not end the quotes of a shell', () => {
    const of = { names: ['--x'], description: "a vendor's [disk]: it" }
    const small = { options: [of], verbs: [] }
    expect(zshCompletion(small)).toContain("'(--x)--x[a vendor'\\''s \\[disk\\]\\: it]'")
    expect(fishCompletion(small)).toContain("--description 'a vendor\\'s [disk]: it'")
  })
})
