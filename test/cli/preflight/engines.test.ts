import { expect, test } from 'vitest'
import { errors } from '../../../core/base/errors/catalogue.ts'
import type { Run, RunOptions } from '../../../core/base/process/run.ts'
import { engines } from '../../../core/cli/preflight/engines.ts'

const NO_DAEMON =
  'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'

type State = 'answers' | 'missing' | string[] | 'hangs'

/** A host whose engines are in these states, and the deadlines they were given. */
const host = (states: Record<'podman' | 'docker', State>) => {
  const timeouts: (number | undefined)[] = []
  const run: Run = async ([engine], { timeout }: RunOptions = {}) => {
    timeouts.push(timeout)
    const state = states[engine as 'podman' | 'docker']
    if (state === 'answers') return { code: 0, stdout: `${engine} 1`, stderr: '' }
    if (state === 'missing') throw errors.commandMissing(engine!)
    if (state === 'hangs')
      throw errors.commandFailed(`${engine} version`, 'no end within 10 s', ['Client: 1'])
    throw errors.commandFailed(engine!, 'exit status 1', state)
  }
  return { run, timeouts }
}

const check = (states: Record<'podman' | 'docker', State>) =>
  engines(host(states).run)(new AbortController().signal)

test('an engine that answers is enough', async () => {
  expect(await check({ podman: 'answers', docker: 'missing' })).toEqual([])
  expect(await check({ podman: 'missing', docker: 'answers' })).toEqual([])
})

test('a dead engine beside a living one is a warning', async () => {
  expect(await check({ podman: 'answers', docker: ['Client: 1', NO_DAEMON] })).toEqual([
    `docker is here but does not answer, so the image is loaded into podman only: ${NO_DAEMON}`,
  ])
})

test('a client without a daemon is an error with what to do', async () => {
  await expect(check({ podman: 'missing', docker: [NO_DAEMON] })).rejects.toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    message: 'The image cannot be loaded: docker is here but does not answer.',
    details: {
      lines: [NO_DAEMON],
      hint: expect.stringMatching(/^Start the Docker daemon.*--archive <file>/),
    },
  })
})

test('of two dead engines both are named', async () => {
  await expect(check({ podman: ['no namespaces'], docker: [NO_DAEMON] })).rejects.toMatchObject({
    message: 'The image cannot be loaded: podman and docker are here but do not answer.',
    details: { lines: ['no namespaces', NO_DAEMON] },
  })
})

test('no engine is an error with the way around it', async () => {
  await expect(check({ podman: 'missing', docker: 'missing' })).rejects.toMatchObject({
    code: 'ENGINE_MISSING',
    details: { hint: expect.stringContaining('--archive <file>') },
  })
})

test('a daemon that hangs is given a deadline, and is dead after it', async () => {
  const { run, timeouts } = host({ podman: 'missing', docker: 'hangs' })
  await expect(engines(run)(new AbortController().signal)).rejects.toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    details: { lines: ['`docker version` ended with no end within 10 s.'] },
  })
  expect(timeouts).toEqual([10_000, 10_000])
})
