import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { antidote, CLI, must } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { podmanEnvironment, removeContainer } from './podman.ts'

const TAG = 'antidotelabs/my-image:v0.0.1-e2e'
const work = temporaryDirectory()
const bin = join(work, 'bin')

beforeAll(() => {
  mkdirSync(bin)
  writeFileSync(join(bin, 'antidote'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`)
  chmodSync(join(bin, 'antidote'), 0o755)
})
afterAll(() => removeContainer('antidote-e2e-none', TAG))

test('antidote init debian my-image && cd my-image && make docker', async () => {
  const { code, stdout } = await antidote(['init', 'debian', 'my-image'], { cwd: work })
  expect(code).toBe(0)
  expect(stdout).toContain('make docker')
  const env = { ...podmanEnvironment, PATH: `${bin}:${process.env.PATH}` }
  const printed = await must(['make', '-C', join(work, 'my-image'), 'docker', 'TARGET_VERSION=v0.0.1-e2e'], {
    env,
  })
  expect(printed).toContain(`loaded into podman: ${TAG}`)
  await must(['podman', 'image', 'exists', TAG], { env })
})
