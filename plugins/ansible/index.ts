import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Disk, definePlugin, type Plugin, type Step, type Tree, writeSshFiles } from 'antidote'
import { playbookFiles } from './files.ts'
import { type AnsibleOptions, type Resolved, resolveOptions } from './options.ts'
import { checkPlaybook, runPlaybook } from './playbook.ts'
import { requirements } from './requirements.ts'
import { ansibleTools } from './tools.ts'
import type { Playbook } from './types.ts'

export { type AnsibleLessonOptions, ansibleLesson } from './lesson.ts'
export type { AnsibleOptions, Variable } from './options.ts'

const VERSION = '1'

const PING = fileURLToPath(new URL('./collection/ping.yml', import.meta.url))

/** What the result of a playbook depends on beside its files. */
const inputsOf = ({
  playbook,
  groups,
  extraVars,
  vaults,
  tags,
  skipTags,
  verbosity,
  idempotent,
}: Resolved) => ({
  ...{ playbook, groups, extraVars, vaults, tags, skipTags, verbosity, idempotent },
})

const needsOf = (options: Pick<Resolved, 'packages' | 'requirements'>) => ({
  tools: ansibleTools(options.packages),
  ...(options.requirements !== undefined && { fetched: requirements(options.requirements) }),
})

const playbookOf = (options: Resolved, files: readonly string[], step: Step): Playbook => ({
  ...options,
  path: resolve(step.directory, options.playbook!),
  readable: files.map((file) => resolve(step.directory, file)),
  ...(options.requirements !== undefined && { fetched: step.need('fetched') }),
})

/** Runs a playbook on a tree or in a machine, as root there as here: what it makes is the same. */
const provision = async (artifact: Tree | Disk, step: Step, playbook: Playbook, name: string) => {
  // a machine takes its time to boot
  if (artifact.kind === 'disk') await checkPlaybook(step, playbook, name)
  return step.edit(artifact, async (guest) => {
    await runPlaybook(step, playbook, { name, guest, user: 'root', network: true })
  })
}

/** Runs a playbook of ansible on the tree or the disk, on a running endpoint, or as a test. */
export const ansible = (given: AnsibleOptions): Plugin => {
  const options = resolveOptions(given)
  const { name, playbook, stage, ping } = options
  return definePlugin({
    name,
    version: VERSION,
    apply(hooks, image) {
      if (playbook !== undefined) {
        const files = playbookFiles(image.directory, playbook, options.files)
        const inputs = { ...inputsOf(options), host: image.name }
        const tap = { name: playbook, inputs, files, needs: needsOf(options) }
        if (stage === 'provision')
          hooks.provision.tap(tap, (artifact, step) =>
            provision(artifact, step, playbookOf(options, files, step), image.name),
          )
        if (stage === 'configure')
          hooks.configure.tap(tap, async ({ guest, spec, at, tell }, step) => {
            const ssh = await writeSshFiles(join(step.work, 'ssh'), [at(22), at(830)])
            const host = { name: image.name, guest, user: spec.login.user, network: true, ssh }
            const effect = await runPlaybook(step, playbookOf(options, files, step), host)
            tell?.(effect)
          })
        if (stage === 'test')
          hooks.test.tap(tap, async ({ guest, spec }, step) => {
            const host = { name: image.name, guest, user: spec.login.user, network: true }
            await runPlaybook(step, playbookOf(options, files, step), host)
          })
      }
      if (ping)
        hooks.test.tap(
          { name: 'ping', inputs: {}, needs: { tools: ansibleTools() } },
          async ({ guest, spec }, step) => {
            const host = { name: image.name, guest, user: spec.login.user }
            await runPlaybook(step, { path: PING, readable: [PING], verbosity: 1 }, host)
          },
        )
    },
  })
}
