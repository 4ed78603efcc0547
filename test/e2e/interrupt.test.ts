import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { antidote, antidoteJson, CLI, imageDirectory, launch, storeWithTools } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { draftsOf, mountsOf, processesOf } from './leftovers.ts'

const work = temporaryDirectory()
let store: string
let env: NodeJS.ProcessEnv
let image: string

/** Where a build is when it is hit. */
const MOMENTS: [stage: string, line: RegExp, verb?: string[]][] = [
  ['bootstrap', /mmdebstrap: started/],
  ['kernel', /debian › minimal: started/],
  ['rootfs', /settings: started/],
  ['provision', /install\.sh: started/],
  ['qcow2', /ext4: started/],
  ['test', /SSH login by password: started/, ['test']],
  ['publish', /disk layer: started/, ['publish', '--no-test']],
]

beforeAll(async () => {
  store = await storeWithTools(work)
  env = { ...process.env, ANTIDOTE_CACHE_DIR: store }
  image = imageDirectory(work, 'interrupted', "use: [debian()], install: 'install.sh'", {
    'install.sh': '#!/bin/sh\nsleep 3\necho provisioned >/etc/provisioned\n',
  })
})

const start = (verb: readonly string[] = ['build']) =>
  launch([process.execPath, CLI, '-C', image, ...verb], { env })

/** Processes die a moment after the signal that kills them. */
const nothingLeft = async () => {
  for (let tries = 0; tries < 50 && processesOf(store).length > 0; tries++) await pause(100)
  expect(processesOf(store)).toEqual([])
  expect(mountsOf(store)).toEqual([])
}

describe.each(MOMENTS)('in the %s stage', (stage, line, verb) => {
  test('Ctrl-C leaves no process, mount or half-written file', async () => {
    const before = draftsOf(store)
    const running = start(verb)
    await running.until(line)
    await pause(300)
    running.child.kill('SIGINT')
    const { code, stderr } = await running.end
    expect(code).toBe(130)
    expect(stderr).toContain('Interrupted')
    await nothingLeft()
    expect(draftsOf(store)).toEqual(before)
  })

  test('kill -9 leaves no process or mount, and the next build goes on', async () => {
    const running = start(verb)
    await running.until(line)
    await pause(300)
    running.child.kill('SIGKILL')
    await running.end
    await nothingLeft()
    const again = verb ?? ['build', '--until', stage]
    const { code, stderr } = await antidote(['-C', image, ...again], { env })
    expect(stderr).not.toContain('damaged')
    expect(code).toBe(0)
  })
})

test('what kill -9 left behind is swept by clean', async () => {
  const { code } = await antidote(['clean'], { env })
  expect(code).toBe(0)
  expect(draftsOf(store)).toEqual([])
})

test('of two builds at once one works, the other waits and takes the result', async () => {
  const fresh = imageDirectory(work, 'twins', "use: [debian({ packages: ['jq'] })]")
  const twins = [0, 1].map(() => launch([process.execPath, CLI, '-C', fresh, 'build'], { env }))
  const ended = await Promise.all(twins.map(({ end }) => end))
  expect(ended.map(({ code }) => code)).toEqual([0, 0])
  const made = ended.map(({ stderr }) => stderr.includes('mmdebstrap: done'))
  expect(made.filter(Boolean)).toHaveLength(1)
  expect(ended.some(({ stderr }) => stderr.includes('waits for another build'))).toBe(true)
  const { stages } = await antidoteJson<{ stages: { cached: boolean }[] }>(['-C', fresh, 'build'], { env })
  expect(stages.every(({ cached }) => cached)).toBe(true)
})
