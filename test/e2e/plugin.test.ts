import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { command, must, ROOT } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

const work = temporaryDirectory()
const project = join(work, 'project')
let bin: string

/** A third party's plugin, whole. */
const MOTD = `import { definePlugin } from 'antidote'
export const motd = (options: { text: string }) => definePlugin({
  name: 'motd', version: '1.0.0', options,
  apply({ rootfs }) {
    rootfs.tap('write', (tree, step) => step.edit(tree, guest => guest.write('/etc/motd', options.text)))
  },
})
`

const config = (use: string): void =>
  writeFileSync(
    join(project, 'antidote.config.ts'),
    `import { defineImage } from 'antidote'
import { debian } from 'antidote/plugins'
import { motd } from './motd.ts'
export default defineImage({ name: 'third-party', use: [debian(), ${use}] })
`,
  )

beforeAll(async () => {
  mkdirSync(project)
  await must(['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', work], { cwd: ROOT })
  const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'))!
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }\n')
  await must(['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', join(work, tarball)], {
    cwd: project,
  })
  bin = join(project, 'node_modules/.bin/antidote')
  writeFileSync(join(project, 'motd.ts'), MOTD)
})

test('a plugin of ten lines taps a stage of an installed antidote', async () => {
  config("motd({ text: 'welcome' })")
  const { code, stdout } = await command([bin, 'shell', 'rootfs', '--', 'cat', '/etc/motd'], { cwd: project })
  expect(stdout).toBe('welcome')
  expect(code).toBe(0)
})

test('its option is part of its key, and of no other', async () => {
  config("motd({ text: 'other' })")
  const { code, stdout } = await command([bin, 'explain'], { cwd: project })
  expect(stdout).toContain('rootfs › motd › write\n  option "text" changed from "welcome" to "other"')
  expect(stdout).not.toContain('bootstrap')
  expect(code).toBe(0)
})

test('its mistake is reported under its name, with the line', async () => {
  writeFileSync(join(project, 'motd.ts'), MOTD.replace('options.text)', 'options.text.missing.deeper)'))
  config("motd({ text: 'broken' })")
  const { code, stderr } = await command([bin, 'build'], { cwd: project })
  expect(stderr).toContain('third-party › motd › rootfs › write')
  expect(stderr).toContain('The tap "write" of the plugin "motd" threw:')
  expect(stderr).toMatch(/motd\.ts:5/)
  expect(code).toBe(1)
})

test('what it returns is checked', async () => {
  writeFileSync(join(project, 'motd.ts'), MOTD.replace('step.edit(', 'void step.edit('))
  config("motd({ text: 'nothing' })")
  const { error } = await json(['build'])
  expect(error).toMatchObject({
    code: 'TAP_RETURNED_NOTHING',
    trail: ['third-party', 'motd', 'rootfs', 'write'],
  })
})

const json = async (args: string[]) => {
  const { stdout } = await command([bin, '--json', ...args], { cwd: project })
  return JSON.parse(stdout) as { error: { code: string; trail: string[] } }
}
