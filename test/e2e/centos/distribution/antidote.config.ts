import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineImage, definePlugin, type Step, toolset } from 'antidote'
import { type Entry, specOf } from './spec.ts'
import { tree } from './tree.ts'

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const SCRIPT = file('build.sh')
const SPECS = ['extras.spec', 'kernel.spec']
const TOOLS = ['createrepo-c', 'gpg', 'gpg-agent', 'rpm']

const quietly = { onLine: () => {} }

/** Names by number, of a file like /etc/passwd. */
const names = async (step: Step, path: string): Promise<Map<string, string>> => {
  const { stdout } = await step.run(['cat', path], quietly)
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [name, , id] = line.split(':')
      return id ? [[id, name!]] : []
    }),
  )
}

const listing = async (step: Step, root: string): Promise<Entry[]> => {
  const [users, groups] = await Promise.all(
    ['passwd', 'group'].map((name) => names(step, join(root, 'etc', name))),
  )
  const { stdout } = await step.run(
    ['find', root, '-mindepth', '1', '-printf', '%y\\t%m\\t%U\\t%G\\t/%P\\n'],
    quietly,
  )
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [type, mode, user, group, path] = line.split('\t')
      return { type: type!, mode: mode!, user: users!.get(user!)!, group: groups!.get(group!)!, path: path! }
    })
}

/** Which Debian package each path is from. /bin and its like are links into /usr. */
const owners = async (step: Step, root: string): Promise<Map<string, string>> => {
  const { stdout } = await step.run(
    ['grep', '-r', '', '--include=*.list', join(root, 'var/lib/dpkg/info')],
    quietly,
  )
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [, deb, path] = /\/([^/:]+)(?::[a-z0-9]+)?\.list:(.+)$/.exec(line) ?? []
      return deb && path ? [[path.replace(/^\/(bin|sbin|lib|lib64)\//, '/usr/$1/'), deb] as const] : []
    }),
  )
}

/** A small distribution of the family, for machines that reach no mirror of a real one. */
export default defineImage({
  name: 'centos-stand-in',
  use: [
    definePlugin({
      name: 'stand-in',
      version: '1',
      apply(hooks) {
        hooks.bootstrap.tap(
          { name: 'repository', files: ['.'], needs: { tree, tools: toolset(TOOLS) } },
          async (_nothing, step) => {
            const root = join(step.need('tree'), 'tree')
            await writeFile(
              join(step.work, 'stand-in.spec'),
              specOf(await listing(step, root), await owners(step, root)),
            )
            for (const name of SPECS) await copyFile(file(name), join(step.work, name))
            await step.run(['sh', SCRIPT, root, step.work, step.out], {
              tools: 'tools',
              readable: [SCRIPT],
              unsynced: true,
              mounts: true,
            })
            return { kind: 'tree', layers: [step.ref('.')] }
          },
        )
      },
    }),
  ],
})
