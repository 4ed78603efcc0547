import { chmodSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { sha256 } from '../../core/base/files/digest.ts'
import { reveal, type Secret, secret } from '../../core/base/model/secret.ts'
import { createLifecycle } from '../../core/build/lifecycle.ts'
import { type Plan, planImage } from '../../core/build/plan.ts'
import type { Image } from '../../core/contract/config/image.ts'
import type { ImageInput } from '../../core/contract/config/input.ts'
import { buildStages, type Need, stageNames } from '../../core/contract/plugin/stages.ts'
import { SECRET_KEY } from '../../core/store/secret-key.ts'
import { temporary, write } from '../support/directory.ts'
import { disk, imageOf, keysOf, passing, planOf, plugin } from '../support/image.ts'

/** The steps of one plan whose keys differ in another. */
const changed = (before: Image, after: Image): string[] => {
  const [a, b] = [keysOf(before), keysOf(after)]
  expect(Object.keys(b)).toEqual(Object.keys(a))
  return Object.keys(a).filter((step) => a[step] !== b[step])
}

const afterTest = (steps: string[]) => steps.filter((step) => !/^(test|publish|configure) /.test(step))

test('taps run in the order of the config, whatever the plugins are called', () => {
  const names = ['z', 'a', 'm']
  const image = imageOf([disk(), ...names.map((name) => passing(name, ['rootfs', 'kernel'], []))])
  const plan = planOf(image)
  expect(plan.rootfs.map(({ tap }) => tap.plugin)).toEqual(names)
  expect(plan.kernel.map(({ tap }) => tap.plugin)).toEqual(names)
  expect(Object.keys(plan)).toEqual(stageNames)
})

describe('modes that are kept', () => {
  const input = (mode?: '0644'): Partial<ImageInput> => ({
    files: [
      { from: 'motd', to: '/etc/motd', ...(mode && { mode }) },
      { from: 'site', to: '/srv/site', ...(mode && { mode }) },
    ],
    install: 'install.sh',
  })
  const make = (modes: Record<string, number> = {}) => {
    const directory = temporary({ motd: '', 'site/run!': '', 'site/page': '', 'install.sh!': '' })
    for (const [name, mode] of Object.entries({ site: 0o755, ...modes }))
      chmodSync(join(directory, name), mode)
    return directory
  }
  const STEPS = ['files', 'install.sh'].map((name) => `provision antidote ${name}`)
  const changes = (modes: Record<string, number>, mode?: '0644') => {
    const images = [make(), make(modes)].map((directory) => imageOf([disk()], input(mode), directory))
    return changed(images[0]!, images[1]!).filter((step) => step.startsWith('provision '))
  }

  test.each<[string, number]>([
    ['motd', 0o600],
    ['motd', 0o664],
    ['site', 0o700],
    ['site/page', 0o640],
    ['site/run', 0o4755],
  ])('%s %o changes the step', (name, mode) => expect(changes({ [name]: mode })).toEqual(STEPS))

  test('are no reason to run where the config names the mode', () => {
    expect(changes({ motd: 0o600, 'site/page': 0o640 }, '0644')).toEqual([])
    expect(changes({ site: 0o700 }, '0644')).toEqual(STEPS)
  })

  test('of a script do not matter: it always runs as a program', () =>
    expect(changes({ 'install.sh': 0o700 })).toEqual([]))

  test('as git keeps them are not in the key', () => {
    const inputs = (modes: Record<string, number>) =>
      planOf(imageOf([disk()], input(), make(modes))).provision[0]!.described.inputs
    expect(inputs({})).not.toHaveProperty('modes')
    expect(inputs({ motd: 0o600 })).toMatchObject({ modes: { '/etc/motd': '600' } })
  })
})

test('what links in a directory of configure.files lead to is in the key', () => {
  const directory = temporary({ 'given/own': '', 'elsewhere/motd': '1' })
  symlinkSync('../elsewhere', join(directory, 'given/link'))
  const input: Partial<ImageInput> = { configure: { files: [{ from: 'given', to: '/etc' }] } }
  const files = () => planOf(imageOf([disk()], input, directory)).configure.at(-1)!.described.files
  const before = files()
  expect(Object.keys(before)).toEqual(['given/link/motd', 'given/own'])
  write(directory, { 'elsewhere/motd': '2' })
  expect(files()['given/link/motd']).not.toBe(before['given/link/motd'])
})

test("the config's own scripts frame what plugins provision", () => {
  const directory = temporary({ 'pre.sh!': '', 'install.sh!': '', 'post.sh!': '', motd: '' })
  const input = {
    pre: 'pre.sh',
    install: 'install.sh',
    post: ['post.sh'],
    files: [{ from: 'motd', to: '/etc/motd' as const }],
  }
  const plan = planOf(imageOf([disk(), passing('p', ['provision'], [])], input, directory))
  expect(plan.provision.map(({ tap }) => tap.name)).toEqual([
    'files',
    'pre pre.sh',
    'pass',
    'install.sh',
    'post post.sh',
  ])
})

test('a plan calls nothing and gives the same keys each time', () => {
  const ran: string[] = []
  const image = () => imageOf([disk(() => ran.push('disk')), passing('p', ['qcow2'], ran)])
  expect(keysOf(image())).toEqual(keysOf(image()))
  expect(ran).toEqual([])
})

test('each key hangs on the one before it', () => {
  const plan = planOf(imageOf([disk(), passing('p', ['kernel', 'rootfs', 'provision'], [])]))
  const steps = buildStages.flatMap((stage) => plan[stage])
  for (const [index, step] of steps.entries())
    if (index > 0) expect(step.described.parent).toBe(steps[index - 1]!.key)
})

test('an option changes its own step and what comes after it, and nothing before it', () => {
  const image = (value: number) =>
    imageOf([
      disk(),
      passing('a', ['kernel'], []),
      passing('b', ['rootfs'], [], { value }),
      passing('c', ['provision'], []),
    ])
  expect(afterTest(changed(image(1), image(2)))).toEqual([
    'rootfs b pass',
    'provision c pass',
    'qcow2 antidote ext4',
    'boot antidote machine',
  ])
  expect(changed(image(1), image(1))).toEqual([])
})

test('declared inputs take the place of the options', () => {
  const image = (options: { used: number; unused: number }) =>
    imageOf([
      disk(),
      plugin(({ rootfs }) => rootfs.tap({ name: 't', inputs: { used: options.used } }, (tree) => tree), {
        options,
      }),
    ])
  expect(changed(image({ used: 1, unused: 1 }), image({ used: 1, unused: 2 }))).toEqual([])
  expect(changed(image({ used: 1, unused: 1 }), image({ used: 2, unused: 1 }))).toContain('rootfs test t')
})

test('the version of a plugin is part of its keys', () => {
  const image = (version: string) =>
    imageOf([disk(), plugin(({ rootfs }) => rootfs.tap('t', (tree) => tree), { version })])
  expect(changed(image('1'), image('2'))).toContain('rootfs test t')
})

test('a tap that comes first changes every key after it', () => {
  const keys = keysOf(imageOf([disk(), passing('b', ['rootfs'], [])]))
  const more = keysOf(imageOf([disk(), passing('a', ['kernel'], []), passing('b', ['rootfs'], [])]))
  expect(more['bootstrap disk disk']).toBe(keys['bootstrap disk disk'])
  expect(more['rootfs b pass']).not.toBe(keys['rootfs b pass'])
})

test('what a file says and whether it can be run is part of the key; its time is not', () => {
  const directory = temporary({ 'install.sh!': 'one' })
  const image = () => imageOf([disk(), passing('p', ['rootfs'], [])], { install: 'install.sh' }, directory)
  const before = keysOf(image())
  write(directory, { 'install.sh!': 'one' })
  expect(keysOf(image())).toEqual(before)
  write(directory, { 'install.sh!': 'two' })
  const after = keysOf(image())
  expect(after['rootfs p pass']).toBe(before['rootfs p pass'])
  expect(after['provision antidote install.sh']).not.toBe(before['provision antidote install.sh'])
  write(directory, { 'install.sh!': 'one' })
  chmodSync(join(directory, 'install.sh'), 0o644)
  expect(keysOf(image())).not.toEqual(before)
})

test('a need is part of the key of who needs it, and stands by itself', () => {
  const need = (inputs: unknown): Need => ({ name: 'kernel', version: '1', inputs, make: async () => {} })
  const image = (suite: string, inputs: unknown) =>
    imageOf([
      disk(() => {}, { suite }),
      plugin(({ kernel }) => kernel.tap({ name: 't', needs: { linux: need(inputs) } }, (tree) => tree)),
    ])
  const keyOfNeed = (made: Image) => planOf(made).kernel[0]!.needs.linux!.key
  expect(changed(image('a', 1), image('a', 2))).toContain('kernel test t')
  expect(changed(image('a', 1), image('a', 2))).not.toContain('bootstrap disk disk')
  // another base needs no other kernel
  expect(keyOfNeed(image('a', 1))).toBe(keyOfNeed(image('b', 1)))
  expect(keyOfNeed(image('a', 1))).not.toBe(keyOfNeed(image('a', 2)))
})

test("the image's directory and description are in no key", () => {
  const one = imageOf([disk()], { description: 'One' }, temporary())
  expect(changed(one, imageOf([disk()], { description: 'Two' }, temporary()))).toEqual([])
})

test('a secret changes the key and is nowhere in the plan', () => {
  const image = (password: Secret) =>
    imageOf([disk(), plugin(({ rootfs }) => rootfs.tap('t', (tree) => tree), { options: { password } })])
  const value = secret('correct horse battery')
  expect(changed(image(value), image(secret('staple')))).toContain('rootfs test t')
  expect(JSON.stringify(planOf(image(value)))).not.toContain('correct horse')
  expect(`${value} ${JSON.stringify({ value })}`).not.toContain('correct horse')
  expect(reveal(value)).toBe('correct horse battery')
  expect(reveal('plain')).toBe('plain')
})

describe('a secret in keys', () => {
  const WORD = 'correct horse battery'
  const planWith = (directory: string, word: string = WORD) => {
    const files = [
      { from: 'licence', to: '/etc/licence', secret: true },
      { from: 'motd', to: '/etc/motd' },
    ] as const
    const settings = { files: [...files], install: 'install.sh' }
    const image = imageOf(
      [plugin(({ rootfs }) => rootfs.tap('t', (tree) => tree)), disk(() => {}, { password: secret(word) })],
      settings,
      temporary({ licence: word, motd: 'hello', 'install.sh!': '' }),
    )
    return planImage(image, createLifecycle(image), { directory })
  }
  const store = (key: string) => temporary({ [SECRET_KEY]: `${key.repeat(64)}\n` })
  const keys = (plan: Plan) => buildStages.flatMap((stage) => plan[stage].map(({ key }) => key))

  test('is found by nobody who guesses it and has no key of the store', () => {
    const said = JSON.stringify(planWith(store('a')))
    const guesses = [WORD, `antidote secret\0${WORD}`, `file - ${sha256(WORD)}`].map(sha256)
    for (const guess of [WORD, ...guesses]) expect(said).not.toContain(guess)
    expect(said.match(/"secret:[0-9a-f]{64}"/g)).toHaveLength(2)
    // what is no secret stands as it did
    expect(said).toContain(sha256(`file - ${sha256('hello')}`))
  })

  test('has other keys in another store, and the same where both are given one', () => {
    const [one, other] = [store('a'), store('b')]
    expect(keys(planWith(one))).toEqual(keys(planWith(one)))
    expect(keys(planWith(one))).not.toEqual(keys(planWith(one, 'staple')))
    for (const [index, key] of keys(planWith(one)).entries())
      expect(key).not.toBe(keys(planWith(other))[index])
    vi.stubEnv('ANTIDOTE_SECRET_KEY', 'shared '.repeat(8))
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(keys(planWith(one))).toEqual(keys(planWith(other)))
  })

  test('moves nothing else: without one, no key is even looked for', () => {
    vi.stubEnv('ANTIDOTE_SECRET_KEY', 'short')
    onTestFinished(() => void vi.unstubAllEnvs())
    const image = imageOf([disk()], { install: 'install.sh' }, temporary({ 'install.sh!': '' }))
    const [one, other] = ['a', 'b'].map((key) =>
      planImage(image, createLifecycle(image), { directory: store(key) }),
    )
    expect(keys(one!)).toEqual(keys(other!))
    expect(() => planWith(store('a'))).toThrow('The key in ANTIDOTE_SECRET_KEY')
  })
})

test('a file that a tap names and that is not there is named with its owner', () => {
  const image = imageOf(
    [disk(), plugin(({ rootfs }) => rootfs.tap({ name: 't', files: ['nothing.txt'] }, (tree) => tree))],
    {},
    temporary(),
  )
  expect(() => planOf(image)).toThrow(/^test › t names .*nothing\.txt, which does not exist\.$/)
})

test('without a plugin for bootstrap there is nothing to plan', () => {
  expect(() => planOf(imageOf([passing('p', ['rootfs'], [])]))).toThrow(
    'No plugin of the image "img" bootstraps it.',
  )
})
