import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporary } from './support/directory.ts'

const SCRIPT = fileURLToPath(new URL('./host-packages', import.meta.url))

/** Runs it on a machine that has these commands, and says what it called of apt-get. */
const onMachine = (commands: Record<string, string>, ...packages: string[]) => {
  const directory = temporary({
    'apt-get!': '#!/bin/sh\nprintf "%s\\n" "$1" >&2\n',
    'sudo!': '#!/bin/sh\nexec "$@"\n',
    ...Object.fromEntries(
      Object.entries(commands).map(([name, script]) => [`${name}!`, `#!/bin/sh\n${script}\n`]),
    ),
  })
  for (const name of ['sort', 'tr', 'sed', 'id', 'env'])
    spawnSync('ln', ['-s', spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), directory])
  const { status, stderr } = spawnSync('/bin/sh', [SCRIPT, ...packages], {
    env: { PATH: directory },
    encoding: 'utf8',
  })
  return { status, stderr }
}

const candidate = (version: string) => ({
  'apt-cache': `printf '  Installed: (none)\\n  Candidate: ${version}\\n'`,
})

test.each(['v18.20.4', 'v20.18.3', 'v9.0.0'])(
  'Node.js %s is refused before anything is installed',
  (version) => {
    const { status, stderr } = onMachine({ node: `echo ${version}` }, 'nodejs:node', 'npm')
    expect(stderr).toBe(
      `Node.js 20.19 or later is needed, and the one in PATH is ${version.slice(1)}. Install a newer one first: https://nodejs.org/en/download\n`,
    )
    expect(status).toBe(1)
  },
)

test.each(['v20.19.0', 'v22.1.0', 'v100.0.0'])('Node.js %s is enough', (version) => {
  expect(onMachine({ node: `echo ${version}` }, 'nodejs:node')).toEqual({ status: 0, stderr: '' })
})

test('a system whose own Node.js is too old does not install it', () => {
  const { status, stderr } = onMachine(candidate('18.20.4+dfsg-1~deb12u1'), 'nodejs:node', 'npm')
  expect(stderr).toBe(
    'update\nNode.js 20.19 or later is needed, and that of this system is 18.20.4. Install a newer one first: https://nodejs.org/en/download\n',
  )
  expect(status).toBe(1)
})

test('one whose own is new enough installs it', () => {
  const { status, stderr } = onMachine(candidate('20.19.2+dfsg-1'), 'nodejs:node', 'npm')
  expect(stderr).toBe('update\ninstall\n')
  expect(status).toBe(0)
})

test('what does not run on Node.js asks nothing of it', () => {
  expect(onMachine({}, 'passt:pasta').stderr).toBe('update\ninstall\n')
})
