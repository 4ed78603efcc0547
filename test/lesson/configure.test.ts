import { expect, onTestFinished, test } from 'vitest'
import { AntidoteError } from '../../core/base/errors/error.ts'
import type { BuildEvent } from '../../core/build/events.ts'
import type { Image } from '../../core/contract/config/image.ts'
import { imageSchema } from '../../core/contract/config/schema.ts'
import type { Endpoint } from '../../core/contract/plugin/endpoint.ts'
import type { Step } from '../../core/contract/plugin/step.ts'
import { configureLesson, type LessonOptions, type Target } from '../../core/lesson/configure.ts'
import { TrustedKeys } from '../../core/machine/host-keys/trusted.ts'
import { TestSsh } from '../machine/ssh-server.ts'
import { temporary } from '../support/directory.ts'
import { newStore, plugin } from '../support/image.ts'

type Act = (endpoint: Endpoint, step: Step) => Promise<void> | void

/** An image that is only known by its name, whose one tap does this. */
const imageOf = (act: Act): Image => ({
  name: 'device',
  directory: '/',
  file: '/',
  config: imageSchema.parse({ name: 'device', use: [] }),
  plugins: [plugin(({ configure }) => configure.tap('act', act))],
  elsewhere: true,
})

const targetOf = (name: string, port: number, act: Act, more: Partial<Target> = {}): Target => ({
  stage: {
    endpoint: { name, image: 'device', configurationType: 'python', place: { file: '/' } },
    configuration: { type: 'python', file: '/x.py' },
  },
  image: { image: imageOf(act), login: { user: 'root', password: 'secret' } },
  host: '127.0.0.1',
  port,
  hostKeys: new TrustedKeys(),
  ...more,
})

const newServer = async (address = '127.0.0.1') => {
  const server = await TestSsh.start('root', 'secret', [], { address })
  onTestFinished(() => server.stop())
  return server
}

const configured = async (targets: Target[], more: Partial<LessonOptions> = {}) => {
  const events: [string, BuildEvent][] = []
  const outcomes = await configureLesson(targets, {
    lesson: temporary(),
    store: await newStore(),
    signal: new AbortController().signal,
    retries: 1,
    deadline: 20_000,
    report: (endpoint) => (event) => events.push([endpoint, event]),
    ...more,
  })
  const results = outcomes.map(({ endpoint, result, error }) => [
    endpoint,
    error === undefined ? result : (error as AntidoteError).code,
  ])
  return { outcomes, results: Object.fromEntries(results), events }
}

test('endpoints are configured at the same time, and each tells what became of it', async () => {
  const { port } = await newServer()
  let here = 0
  let together = () => {}
  const all = new Promise<void>((resolve) => {
    together = resolve
  })
  /** Goes on when all four are here: one after the other they never would. */
  const meet = async () => {
    if (++here === 4) together()
    await all
  }
  const telling =
    (...effects: ('changed' | 'unchanged' | 'done')[]): Act =>
    async ({ tell, guest }) => {
      await meet()
      await guest.exec(['true'])
      for (const effect of effects) tell!(effect)
    }
  const { results, outcomes } = await configured([
    targetOf('a', port, telling('unchanged', 'changed', 'done')),
    targetOf('b', port, telling('unchanged')),
    targetOf('c', port, telling('unchanged', 'done')),
    targetOf('d', port, telling()),
  ])
  expect(results).toEqual({ a: 'changed', b: 'unchanged', c: 'ok', d: 'ok' })
  expect(outcomes.every(({ attempts }) => attempts === 1)).toBe(true)
})

test('one that fails does not stop the others; a wrong password is not tried twice', async () => {
  const { port } = await newServer()
  const { results, outcomes } = await configured([
    targetOf('good', port, () => {}),
    targetOf('bad', port, () => {}, { login: { password: 'wrong' } }),
  ])
  expect(results).toEqual({ good: 'ok', bad: 'SSH_LOGIN' })
  expect(outcomes[1]).toMatchObject({ attempts: 1, error: { log: expect.stringContaining('bad-device') } })
})

test('the commands of each endpoint are told to those who want to see them, without secrets', async () => {
  const { port } = await newServer()
  const running =
    (...words: string[]): Act =>
    async ({ guest }, { mask }) => {
      mask('open-sesame')
      await guest.exec(words)
    }
  const targets = [
    targetOf('a', port, running('echo', 'open-sesame')),
    targetOf('b', port, running('sh', '-c', ':\nexit 0')),
  ]
  const lines = async (verbose: boolean) =>
    (await configured(targets, { verbose })).events.flatMap(([endpoint, event]) =>
      event.type === 'line' && event.text.startsWith('$') ? [`${endpoint} ${event.text}`] : [],
    )
  const told = await lines(true)
  expect(told).toContain('a $ echo ••••')
  expect(told).toContain('b $ sh -c : …')
  expect(told).not.toContain('b $ echo ••••')
  expect(await lines(false)).toEqual([])
})

test('an endpoint elsewhere whose host key nobody knows gets no password, and is not tried again', async () => {
  const server = await newServer('0.0.0.0')
  // this host by an address that is not said to be its own
  const host = '0.0.0.0'
  const { results, outcomes } = await configured([
    targetOf('stranger', server.port, () => {}, { host }),
    targetOf('other', server.port, ({ at }) => expect(at(830).hostKeys.known(at(22))).toHaveLength(1)),
  ])
  expect(results).toEqual({ stranger: 'HOST_KEY_UNKNOWN', other: 'ok' })
  expect(outcomes[0]!.attempts).toBe(1)
  expect(server.passwords).toEqual(['secret'])
})

test('what may pass is tried again, with a warning', async () => {
  const { port } = await newServer()
  let failed = false
  const once: Act = ({ tell }) => {
    tell!('changed')
    if (failed) return
    failed = true
    throw new AntidoteError('X', 'It left.', { passing: true })
  }
  const { results, outcomes, events } = await configured([targetOf('a', port, once)])
  expect(results).toEqual({ a: 'changed' })
  expect(outcomes[0]!.attempts).toBe(2)
  expect(events).toContainEqual(['a', { type: 'warn', text: 'It left. It is tried again.' }])
})

test('an endpoint that does not answer, and one that does not end, are given up at the deadline', async () => {
  const { port } = await newServer()
  const endless: Act = (_, { signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
  const { results, outcomes } = await configured(
    [targetOf('endless', port, endless), targetOf('silent', 1, endless)],
    {
      deadline: 2000,
    },
  )
  expect(results).toEqual({ endless: 'ENDPOINT_DEADLINE', silent: 'ENDPOINT_SILENT' })
  expect(String(outcomes[0]!.error)).toContain('"endless" was not configured within 2 s')
})

test('an interruption ends them all, and none counts as failed', async () => {
  const { port } = await newServer()
  const controller = new AbortController()
  const interrupted: Act = (_, { signal }) => {
    controller.abort(new Error('interrupted'))
    signal.throwIfAborted()
  }
  const { outcomes } = await configured([targetOf('a', port, interrupted), targetOf('b', 1, () => {})], {
    signal: controller.signal,
  })
  expect(outcomes.map(({ result }) => result)).toEqual(['stopped', 'stopped'])
})
