import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import boot from '../../core/cli/verbs/boot.ts'
import build from '../../core/cli/verbs/build.ts'
import hydrate from '../../core/cli/verbs/hydrate.ts'
import publish from '../../core/cli/verbs/publish.ts'
import { temporary } from '../support/directory.ts'

const CONFIG = `import { debian } from 'antidote/plugins'
export default { name: 'lab', use: [debian()] }
`

type Options = Parameters<typeof publish>[0]

/** Verbs with options for an image that would take minutes to build; what they print of it. */
const world = () => {
  const directory = temporary({ 'antidote.config.ts': CONFIG })
  vi.stubEnv('ANTIDOTE_CACHE_DIR', join(temporary(), 'store'))
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => {
    written.mockRestore()
    vi.unstubAllEnvs()
  })
  const at = (path: string) => join(directory, path)
  const all: Options = { directory }
  return { at, all, said: () => written.mock.calls.map(([text]) => String(text)).join('') }
}

type World = ReturnType<typeof world>

test.each<[string, (world: World) => Promise<number>, string, RegExp]>([
  [
    'build -o missing/x.qcow2',
    ({ at, all }) => build({ ...all, until: 'qcow2', output: at('missing/x.qcow2') }),
    'OUTPUT_UNUSABLE',
    /missing does not exist/,
  ],
  [
    'build -o <a directory>',
    ({ at, all }) => build({ ...all, until: 'qcow2', output: at('.') }),
    'OUTPUT_UNUSABLE',
    /it is a directory/,
  ],
  [
    'boot --lesson missing',
    ({ at, all }) => boot([], { ...all, lesson: at('missing') }),
    'INPUT_UNUSABLE',
    /missing of --lesson cannot be read: it does not exist/,
  ],
  [
    'publish --output <a file>',
    ({ at, all }) => publish({ ...all, output: at('antidote.config.ts') }),
    'OUTPUT_UNUSABLE',
    /antidote\.config\.ts is not a directory/,
  ],
  [
    'publish --archive missing/x.tar',
    ({ at, all }) => publish({ ...all, archive: at('missing/x.tar') }),
    'OUTPUT_UNUSABLE',
    /missing does not exist/,
  ],
  [
    'publish --to nobody',
    ({ all }) => publish({ ...all, to: '127.0.0.1:1/labs/lab' }),
    'REGISTRY_UNREACHABLE',
    /127\.0\.0\.1:1 cannot be reached/,
  ],
  [
    'hydrate --disk missing',
    ({ at, all }) => hydrate('127.0.0.1:1/labs/lab', { ...all, disk: at('no.vmdk') }),
    'INPUT_UNUSABLE',
    /no\.vmdk of --disk/,
  ],
])('%s is known before anything is built', async (_, verb, code, message) => {
  const place = world()
  await expect(verb(place)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  expect(place.said()).not.toContain('started')
})
