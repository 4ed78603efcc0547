import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errors } from '../../core/base/errors/catalogue.ts'
import { type AntidoteError, isAntidoteError } from '../../core/base/errors/error.ts'
import { secret } from '../../core/base/model/secret.ts'
import { createLifecycle } from '../../core/build/lifecycle.ts'
import { planImage } from '../../core/build/plan.ts'
import { loadImage } from '../../core/cli/loader/load.ts'
import { temporary } from '../support/directory.ts'
import { buildOf, disk, imageOf, newStore, plugin } from '../support/image.ts'

const failed = async (act: () => unknown): Promise<AntidoteError> => {
  try {
    await act()
  } catch (error) {
    if (isAntidoteError(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** What a build of a plugin in a file of its own says. The plugin's apply starts on line 4. */
const mistake = async (body: string) => {
  const directory = temporary({
    'motd.ts': `import { definePlugin } from 'antidote'
export const motd = (options: { text: string }) => definePlugin({
  name: 'motd', version: '1.0.0', options, apply(hooks) {
${body}
  },
})
`,
    'antidote.config.ts': `import { defineImage } from 'antidote'
import { motd } from './motd'
export default defineImage({ name: 'img', use: [motd({ text: 'hello' })] })
`,
  })
  const image = await loadImage({ directory })
  const error = await failed(async () => (await buildOf(image, await newStore())).build.artifact('bootstrap'))
  const { place } = error.details
  return {
    code: error.code,
    said: error.message,
    trail: error.trail.join(' › '),
    where: place && `${place.file.replace(`${directory}/`, '')}:${place.line}`,
    exitCode: error.details.exitCode,
  }
}

describe('the mistakes of a plugin are reported under its name', () => {
  test('a tap that throws', async () => {
    expect(
      await mistake(`hooks.bootstrap.tap('write', async () => {\n\n      throw new Error('no way') })`),
    ).toEqual({
      code: 'TAP_THREW',
      said: 'The tap "write" of the plugin "motd" threw: no way',
      trail: 'img › motd › bootstrap › write',
      where: 'motd.ts:6',
      exitCode: undefined,
    })
  })

  test('a tap that throws something else than an error', async () => {
    expect(await mistake(`hooks.bootstrap.tap('write', () => { throw 'text' })`)).toMatchObject({
      said: 'The tap "write" of the plugin "motd" threw: text',
      trail: 'img › motd › bootstrap › write',
    })
  })

  test('a call of ours that it gets wrong is its mistake, not ours', async () => {
    expect(
      await mistake(
        `hooks.bootstrap.tap('write', async (_, step) => {\n      step.path(undefined as never); return { kind: 'scratch' } as never })`,
      ),
    ).toMatchObject({
      code: 'TAP_THREW',
      where: 'motd.ts:5',
    })
  })

  test('a tap that returns nothing', async () => {
    expect(await mistake(`hooks.bootstrap.tap('write', (() => {}) as never)`)).toMatchObject({
      code: 'TAP_RETURNED_NOTHING',
      said: 'The tap returned nothing; it must return a tree or a disk.',
      trail: 'img › motd › bootstrap › write',
    })
  })

  test.each([
    [`'text'`, '"text"'],
    ['{}', 'an object'],
    [`{ kind: 'scratch' }`, 'a scratch'],
    [`{ kind: 'tree' }`, 'a tree without its files'],
    [`{ kind: 'disk', chain: 'disk' }`, 'a disk without its files'],
  ])('a tap that returns %s', async (value, got) => {
    expect(await mistake(`hooks.bootstrap.tap('write', () => (${value}) as never)`)).toMatchObject({
      code: 'TAP_RETURNED_WRONG_KIND',
      said: `The tap returned ${got}; it must return a tree or a disk.`,
      trail: 'img › motd › bootstrap › write',
    })
  })

  test('an apply that throws', async () => {
    expect(await mistake(`\n    hooks.rotfs.tap('write', (tree) => tree)`)).toEqual({
      code: 'APPLY_THREW',
      said: `The plugin "motd" threw while it added its taps: Cannot read properties of undefined (reading 'tap')`,
      trail: 'img › motd',
      where: 'motd.ts:5',
      exitCode: 2,
    })
  })

  test('an apply that is late', async () => {
    expect(await mistake(`return Promise.resolve() as never`)).toMatchObject({
      code: 'APPLY_ASYNC',
      said: 'The apply function of the plugin "motd" returned a promise.',
      trail: 'img › motd',
    })
  })

  test.each([
    [
      `hooks.rootfs.tap('write')`,
      'A tap of the plugin "motd" at the stage "rootfs" has no function, but undefined.',
    ],
    [`hooks.rootfs.tap('', (tree) => tree)`, 'A tap of the plugin "motd" at the stage "rootfs" has no name.'],
  ])('%s', async (call, said) => {
    expect(await mistake(`    ${call}`)).toMatchObject({
      code: 'TAP_INVALID',
      said,
      trail: 'img › motd',
      where: 'motd.ts:4',
    })
  })
})

test('an error of ours keeps what it says and gets the trail', async () => {
  const image = imageOf([
    plugin(({ bootstrap }) =>
      bootstrap.tap('t', () => {
        throw errors.commandFailed('false', 'exit status 1', ['last line'])
      }),
    ),
  ])
  const error = await failed(async () => (await buildOf(image, await newStore())).build.artifact())
  expect(error).toMatchObject({
    code: 'COMMAND_FAILED',
    details: { lines: ['last line'] },
    trail: ['img', 'test', 'bootstrap', 't'],
  })
})

test('what a need throws is reported under who needs it', async () => {
  const make = async () => {
    throw new Error('no compiler')
  }
  const needs = { linux: { name: 'linux', version: '1', inputs: null, make } }
  const image = imageOf([disk(), plugin(({ kernel }) => kernel.tap({ name: 't', needs }, (tree) => tree))])
  const error = await failed(async () => (await buildOf(image, await newStore())).build.artifact())
  expect(error.trail).toEqual(['img', 'test', 'kernel', 'linux'])
})

test('options that cannot be part of a key are named with their owner', () => {
  const image = imageOf([
    disk(),
    plugin(({ rootfs }) => rootfs.tap('t', (tree) => tree), { options: { when: new Date() } }),
  ])
  expect(() => planImage(image, createLifecycle(image), { directory: '/nowhere' })).toThrow(
    'The inputs of "test › t" cannot be part of a key: when is an object of a class.',
  )
})

test('a plugin can add taps and call none', () => {
  let seen: string[] = []
  createLifecycle(
    imageOf([
      disk(),
      plugin((hooks) => {
        seen = Object.values(hooks).flatMap((hook) => Object.keys(hook))
      }),
    ]),
  )
  expect(new Set(seen)).toEqual(new Set(['tap']))
})

test('a secret shows in no error and no log', async () => {
  const { readFileSync } = await import('node:fs')
  const password = secret('correct horse battery')
  const key = secret('-----BEGIN KEY-----\nMIIEvQIBADANBg\n}\n-----END KEY-----')
  const image = imageOf(
    [
      plugin(
        ({ bootstrap }) =>
          bootstrap.tap('t', (_, step) => {
            step.mask(password)
            step.mask(key)
            step.log.info(`uses ${password.reveal()}`)
            step.log.line('MIIEvQIBADANBg')
            step.log.line('} is an ordinary line')
            throw errors.commandFailed(`login ${password.reveal()}`, 'exit status 1', [
              `said ${password.reveal()}`,
            ])
          }),
        { options: { password, key } },
      ),
    ],
    {},
  )
  const { build, events, log, store } = await buildOf(image, await newStore())
  const error = await failed(() => build.artifact())
  await log.close()
  expect(error.message).toBe('`login ••••` ended with exit status 1.')
  expect(error.details.lines).toEqual(['said ••••'])
  const all = `${JSON.stringify([events, build.plan])}${readFileSync(log.path, 'utf8')}`
  expect(all).toContain('uses ••••')
  expect(all).toContain('} is an ordinary line')
  expect(all).not.toMatch(/correct horse|MIIEvQ/)
  expect(log.path.startsWith(join(store.directory, 'logs'))).toBe(true)
})

test('a secret shows in no record and no history', async () => {
  const { readFileSync, readdirSync } = await import('node:fs')
  const image = imageOf([disk(() => {}, { password: secret('correct horse battery') })])
  const { build, store } = await buildOf(image, await newStore())
  await build.artifact('bootstrap')
  const record = readFileSync(
    join(store.directory, 'steps', build.plan.bootstrap[0]!.key, 'record.json'),
    'utf8',
  )
  const history = readdirSync(join(store.directory, 'history')).map((name) =>
    readFileSync(join(store.directory, 'history', name), 'utf8'),
  )
  expect(record).toContain('secret:')
  expect(`${record}${history.join()}`).not.toContain('correct horse')
})
