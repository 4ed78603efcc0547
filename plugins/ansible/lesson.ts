import { dirname, join } from 'node:path'
import { definePlugin, optionChecks, type Plugin, writeSshFiles } from 'antidote'
import { runPlaybook } from './playbook.ts'
import { ansibleTools } from './tools.ts'

export interface AnsibleLessonOptions {
  /** Debian packages that playbooks of lessons need on this side, such as `ansible` with all its collections. */
  packages?: readonly string[]
}

/**
 * Runs the playbook that a stage of a lesson names for an endpoint, as the lesson platform does:
 * `ansible-playbook -vvvv` with the variables ANTIDOTE_TARGET_HOST, _USERNAME and _PASSWORD. Tasks for the endpoint go
 * over its SSH; those that connect by themselves have the network and these variables.
 */
export const ansibleLesson = (given: AnsibleLessonOptions = {}): Plugin => {
  optionChecks('ansible-lesson').known(given, ['packages'])
  const { packages = [] } = given
  return definePlugin({
    name: 'ansible-lesson',
    version: '1',
    apply(hooks) {
      hooks.configure.tap(
        {
          name: 'playbook',
          inputs: { packages },
          needs: { tools: ansibleTools(packages) },
          configures: (named) => named?.type === 'ansible',
        },
        async ({ configuration, guest, spec: { login }, lesson, at, tell }, step) => {
          const { host, port } = at(22)
          step.mask(login.password)
          const playbook = {
            path: configuration!.file,
            readable: [dirname(configuration!.file), ...(lesson === undefined ? [] : [lesson])],
            verbosity: 4,
            env: {
              ANTIDOTE_TARGET_HOST: host,
              ANTIDOTE_TARGET_USERNAME: login.user,
              ANTIDOTE_TARGET_PASSWORD: login.password,
            },
          }
          const effect = await runPlaybook(step, playbook, {
            name: host,
            guest,
            user: login.user,
            variables: { ansible_port: port },
            network: true,
            ssh: await writeSshFiles(join(step.work, 'ssh'), [at(22), at(830)]),
          })
          tell?.(effect)
        },
      )
    },
  })
}
