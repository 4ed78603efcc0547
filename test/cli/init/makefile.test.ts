import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installation } from '../../../core/cli/init/installation.ts'
import { templateFiles } from '../../../core/cli/init/templates.ts'
import { temporary, write } from '../../support/directory.ts'

const FAILS = '#!/bin/sh\nexit 1\n'
const WORKS = '#!/bin/sh\n'

/** What `make docker` calls antidote with on a machine that has these commands. */
const called = (commands: Record<string, string>): string[] => {
  const directory = temporary(
    Object.fromEntries(
      templateFiles('debian', 'lab', installation()).map(({ name, content }) => [name, content]),
    ),
  )
  write(directory, {
    'bin/timeout!': '#!/bin/sh\nshift\nexec "$@"\n',
    'bin/antidote!': `#!/bin/sh\necho "$*" >>${directory}/calls\n`,
    calls: '',
    ...Object.fromEntries(Object.entries(commands).map(([name, script]) => [`bin/${name}!`, script])),
  })
  const make = execFileSync('/bin/sh', ['-c', 'command -v make'], { encoding: 'utf8' }).trim()
  const env = { PATH: join(directory, 'bin'), TARGET_VERSION: 'v1' }
  execFileSync(make, ['-C', directory, '--silent', 'docker', 'SHELL=/bin/sh'], { env })
  return execFileSync('cat', [join(directory, 'calls')], { encoding: 'utf8' })
    .trim()
    .split('\n')
}

const PUBLISH = 'publish --tag antidotelabs/lab:v1 --load'

test.each([
  ['podman answers', { mmdebstrap: WORKS, podman: WORKS }],
  ['docker answers', { mmdebstrap: WORKS, docker: WORKS }],
  ['docker answers beside a dead podman', { mmdebstrap: WORKS, podman: FAILS, docker: WORKS }],
])('make docker installs nothing where %s', (_, commands) => {
  expect(called(commands)).toEqual([PUBLISH])
})

test.each([
  ['there is no engine', { mmdebstrap: WORKS }],
  ['a docker client has no daemon', { mmdebstrap: WORKS, docker: FAILS }],
  ['there is no mmdebstrap', { podman: WORKS }],
])('make docker brings what is missing where %s', (_, commands) => {
  expect(called(commands)).toEqual(['doctor --fix', PUBLISH])
})
