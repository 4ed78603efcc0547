import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findLessonImage, nearestImages } from '../../core/cli/loader/lesson-images.ts'
import { endpointOf, readLesson } from '../../core/lesson/lesson.ts'
import { hasWork, readStage } from '../../core/lesson/stage.ts'
import { makeFifo, temporary } from '../support/directory.ts'

const META = `name: x
endpoints:
  - name: leaf
    image: antidotelabs/utility:v1
    configurationType: ansible
  - name: spine
    image: router
    configurationType: python
  - name: core
    image: router
    configurationType: napalm
  - name: pc
    image: router
connections:
  - { a: leaf, b: spine, subnet: 10.0.0.0/24 }
`

const FILES = {
  'lesson.meta.yaml': META,
  'stage0/configs/leaf.yml': '',
  'stage0/configs/spine.py': '',
  'stage0/configs/core-junos.txt': '',
}

const stageOf = async (files: Record<string, string>, stage = 0) => {
  const directory = temporary(files)
  return { directory, stages: await readStage(await readLesson(directory), stage) }
}

test('each endpoint has its file by the names of the platform', async () => {
  const { directory, stages } = await stageOf(FILES)
  const configs = join(directory, 'stage0/configs')
  expect(stages.map(({ endpoint, configuration }) => [endpoint.name, configuration])).toEqual([
    ['leaf', { type: 'ansible', file: join(configs, 'leaf.yml') }],
    ['spine', { type: 'python', file: join(configs, 'spine.py') }],
    ['core', { type: 'netconf', file: join(configs, 'core-junos.txt'), dialect: 'junos' }],
    ['pc', undefined],
  ])
  expect(stages.map(hasWork)).toEqual([true, true, true, false])
})

test('the type and the file of a release up to 0.5, and the file that is our own', async () => {
  const one = (type: string) => `endpoints: [{ name: a, image: x, configurationType: ${type} }]`
  const old = await stageOf({ 'lesson.meta.yaml': one('napalm-junos'), 'stage1/configs/a.txt': '' }, 1)
  expect(old.stages[0]!.configuration).toMatchObject({ type: 'netconf', dialect: 'junos' })
  const own = await stageOf({ 'lesson.meta.yaml': one('napalm'), 'stage0/configs/a-netconf.xml': '' })
  expect(own.stages[0]!.configuration).toMatchObject({ type: 'netconf', dialect: 'generic' })
})

test('settings of a guest stand beside it', async () => {
  const { directory, stages } = await stageOf({
    ...FILES,
    'stage0/configs/pc.guest.yaml': 'hostname: pc\nfiles: [{ from: motd, to: /etc/motd }]\n',
    'stage0/configs/motd': '',
  })
  expect(stages[3]!.settings).toMatchObject({
    directory: join(directory, 'stage0/configs'),
    settings: { hostname: 'pc', interfaces: {}, services: [], files: [{ to: '/etc/motd', secret: false }] },
  })
})

describe('a mistake is named with its file and line before anything is reached', () => {
  test.for<[string, Record<string, string>, string, string | RegExp, number | undefined]>([
    ['no lesson', {}, 'LESSON_MISSING', 'lesson.meta.yaml', undefined],
    ['YAML', { 'lesson.meta.yaml': 'a: 1\nb: [' }, 'LESSON_SYNTAX', 'cannot be read', 2],
    ['no endpoints', { 'lesson.meta.yaml': 'name: x\n' }, 'LESSON_INVALID', 'is missing', 1],
    [
      'a type',
      { 'lesson.meta.yaml': META.replace('python', 'puppet') },
      'LESSON_INVALID',
      'must be "napalm", "python", "ansible" or empty; it is "puppet".',
      8,
    ],
    [
      'a name twice',
      { 'lesson.meta.yaml': META.replace('name: pc', 'name: leaf') },
      'LESSON_INVALID',
      'another',
      12,
    ],
    [
      'a cable',
      { 'lesson.meta.yaml': META.replace('b: spine', 'b: spin') },
      'LESSON_INVALID',
      'no endpoint',
      15,
    ],
    [
      'a stage',
      { ...FILES, 'stage0/configs/leaf.yml': '' },
      'LESSON_STAGE',
      'no directory stage7',
      undefined,
    ],
    ['a file', { 'lesson.meta.yaml': META, 'stage7/x': '' }, 'LESSON_CONFIGURATION', 'no leaf.yml', 3],
    [
      'two files',
      { ...seventh(FILES), 'stage7/configs/core-netconf.xml': '' },
      'LESSON_CONFIGURATION_TWICE',
      'core-junos.txt and core-netconf.xml',
      9,
    ],
    [
      'a driver',
      { ...seventh(FILES, 'core-junos.txt'), 'stage7/configs/core-eos.txt': '' },
      'LESSON_DIALECT',
      '"eos"',
      9,
    ],
    [
      'a setting',
      { ...seventh(FILES), 'stage7/configs/pc.guest.yaml': 'hostname: pc\nservice: [x]\n' },
      'LESSON_INVALID',
      'is not known here',
      2,
    ],
    [
      'an address',
      { ...seventh(FILES), 'stage7/configs/pc.guest.yaml': 'interfaces:\n  eth1: [10.0.0.1]\n' },
      'LESSON_INVALID',
      'must be an address like "10.0.0.1/24"; it is "10.0.0.1".',
      2,
    ],
    [
      'a missing file',
      { ...seventh(FILES), 'stage7/configs/pc.guest.yaml': 'files:\n  - { from: a, to: /a }\n' },
      'LESSON_INVALID',
      'does not exist; it is "a".',
      2,
    ],
  ])('%s', async ([, files, code, message, line]) => {
    const error = await stageOf(files, 7).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, details: { exitCode: 2, ...(line && { place: { line } }) } })
    expect(String(error)).toContain(message)
  })

  test.for<[string, string, (path: string) => void, string, string]>([
    ['an absolute path', '/etc/hostname', () => {}, 'FILE_OUTSIDE', 'leads out of'],
    ['a path out of it', '../../../x', (path) => writeFileSync(path, ''), 'FILE_OUTSIDE', 'leads out of'],
    ['a link out of it', 'x', (path) => symlinkSync('/etc/hostname', path), 'FILE_OUTSIDE', 'leads out of'],
    [
      'a directory that is a link out of it',
      'x',
      (path) => symlinkSync('/etc', path),
      'FILE_OUTSIDE',
      'leads',
    ],
    [
      'a link in a directory out of it',
      'x',
      (path) => {
        mkdirSync(path)
        symlinkSync('/etc/hostname', join(path, 'in'))
      },
      'FILE_OUTSIDE',
      '/x/in leads out of',
    ],
    ['a FIFO', 'x', (path) => makeFifo(path), 'FILE_UNREADABLE', 'it is a FIFO'],
    ['a link that leads nowhere', 'x', (path) => symlinkSync('y', path), 'FILE_UNREADABLE', 'leads nowhere'],
    [
      'a directory in a circle',
      'x',
      (path) => {
        mkdirSync(path)
        symlinkSync('..', join(path, 'up'))
        symlinkSync('x', `${path}-2`)
      },
      'FILE_UNREADABLE',
      'its links lead in a circle',
    ],
  ])('a file of a guest: %s', async ([, from, make, code, message]) => {
    const top = temporary(
      Object.fromEntries(
        Object.entries({
          ...FILES,
          'stage0/configs/pc.guest.yaml': `files:\n  - { from: ${from}, to: /a }\n`,
        }).map(([name, content]) => [`lesson/${name}`, content]),
      ),
    )
    make(join(top, 'lesson/stage0/configs', from))
    const error = await readStage(await readLesson(join(top, 'lesson')), 0).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, details: { exitCode: 2, place: { line: 2 } } })
    expect(String(error)).toContain(message)
  })

  test('a file that an endpoint is configured with: a link out of the lesson', async () => {
    const directory = temporary(FILES)
    rmSync(join(directory, 'stage0/configs/core-junos.txt'))
    symlinkSync('/etc/shadow', join(directory, 'stage0/configs/core-junos.txt'))
    await expect(readStage(await readLesson(directory), 0)).rejects.toMatchObject({ code: 'FILE_OUTSIDE' })
  })

  test('files elsewhere in the lesson, and links to them, are its own', async () => {
    const directory = temporary({
      ...FILES,
      'shared/motd': '',
      'stage0/configs/pc.guest.yaml':
        'files: [{ from: ../../shared/motd, to: /a }, { from: link, to: /b }]\n',
    })
    symlinkSync('../../shared', join(directory, 'stage0/configs/link'))
    const stages = await readStage(await readLesson(directory), 0)
    expect(stages[3]!.settings).toMatchObject({ inside: directory })
  })

  test('a name on the command line', async () => {
    const lesson = await readLesson(temporary(FILES))
    expect(endpointOf(lesson, 'core').image).toBe('router')
    expect(() => endpointOf(lesson, 'lea')).toThrow('no endpoint "lea". Did you mean "leaf"?')
  })
})

/** The files of stage 0 as those of stage 7, but for one. */
function seventh(files: Record<string, string>, without = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files)
      .filter(([name]) => without === '' || !name.endsWith(without))
      .map(([name, content]) => [name.replace('stage0', 'stage7'), content]),
  )
}

describe('the image of an endpoint', () => {
  const CONFIG = (name: string, more = '') =>
    `import { definePlugin } from 'antidote'
    export default { name: '${name}', use: [definePlugin({ name: 'own', version: '1', apply: () => {} })], ${more} }`

  test('is known by its directory, its name or its slug', async () => {
    const images = temporary({
      'router/antidote.config.ts': CONFIG('router'),
      'other/antidote.config.ts': CONFIG('utility', "platform: { slug: 'tools' }"),
    })
    const names = async (reference: string) => {
      const { image } = await findLessonImage(reference, images)
      return [image.name, image.elsewhere, image.plugins[0]!.name]
    }
    expect(await names('router')).toEqual(['router', undefined, 'own'])
    expect(await names('registry:5000/antidotelabs/utility:v1')).toEqual(['utility', undefined, 'own'])
    expect(await names('tools')).toEqual(['utility', undefined, 'own'])
    expect((await names('none')).slice(0, 2)).toEqual(['none', true])
  })

  test('is configured as its metadata have it, else as the platform has it', async () => {
    const images = temporary({
      'a/image.meta.yaml': 'sshUser: s\nsshPassword: t\nconfigUser: u\nconfigPassword: v\n',
      'b/image.meta.yaml': 'sshUser: s\nsshPassword: t\n',
    })
    expect((await findLessonImage('a', images)).login).toEqual({ user: 'u', password: 'v' })
    expect((await findLessonImage('b', images)).login).toEqual({ user: 's', password: 't' })
    expect((await findLessonImage('c', images)).login).toBeUndefined()
    expect((await findLessonImage('c', undefined)).image.elsewhere).toBe(true)
  })

  test('is looked for above the lesson in its repository', () => {
    const files = { 'images/a/x': '', 'lessons/tools/one/lesson.meta.yaml': '' }
    const top = temporary({ ...files, '.git/HEAD': '' })
    expect(nearestImages(join(top, 'lessons/tools/one'))).toBe(join(top, 'images'))
    const inner = temporary({ ...files, 'lessons/.git/HEAD': '' })
    expect(nearestImages(join(inner, 'lessons/tools/one'))).toBeUndefined()
  })

  test('is looked for beside the lesson and beside the lessons where there is no repository', () => {
    const top = temporary({ 'images/a/x': '', 'lessons/one/y': '', 'lessons/tools/two/y': '' })
    expect(nearestImages(join(top, 'lessons/one'))).toBe(join(top, 'images'))
    expect(nearestImages(join(top, 'lessons/tools/two'))).toBeUndefined()
  })
})
