import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { specify, withMachine } from '../../core/build/boot.ts'
import { withBuild } from '../../core/cli/session/with-build.ts'
import { antidote, json, middle, type Row, ratio, seconds } from './measure.ts'

/** How often each is run: in a tree it takes seconds, over SSH the better part of a minute. */
const RUNS = { tree: 7, ssh: 3 }

const PLAYBOOK = `- name: bench
  hosts: all
  become: true
  tasks:
${[1, 2, 3, 4]
  .map(
    (number) => `    - name: file ${number}
      ansible.builtin.copy:
        content: "{{ ansible_facts.distribution }} ${number}"
        dest: /etc/bench-${number}
        mode: "0644"
    - name: line ${number}
      ansible.builtin.lineinfile:
        path: /etc/bench-${number}
        line: line
    - name: command ${number}
      ansible.builtin.command: cat /etc/bench-${number}
      changed_when: false
`,
  )
  .join('')}`

/** The same by hand: in the tree itself, and over OpenSSH with a connection that is kept open. Both with pipelining. */
const BY_HAND = `definePlugin({
  name: 'by-hand',
  version: '1',
  apply({ provision, configure }) {
    const env = { ANSIBLE_PIPELINING: 'True', ANSIBLE_HOST_KEY_CHECKING: 'False', ANSIBLE_NOCOLOR: 'True' }
    provision.tap({ name: 'ansible-playbook', files: ['site.yml'] }, (tree, step) =>
      step.edit(tree, async (guest) => {
        await guest.upload(step.directory + '/site.yml', '/var/tmp/site.yml')
        await guest.exec(['ansible-playbook', '-v', '-i', 'localhost,', '-c', 'local', '/var/tmp/site.yml'], { env })
      }))
    configure.tap({ name: 'ansible-playbook', needs: { tools: toolset(['ansible-core', 'sshpass']) } },
      async ({ at, spec }, step) => {
        const { host, port } = at(22)
        await step.run(['ansible-playbook', '-v', '-i', host + ',', '-u', spec.login.user, '-e', 'ansible_port=' + port,
          '-e', 'ansible_password=' + spec.login.password, step.directory + '/site.yml'],
          { tools: 'tools', network: true, readable: [step.directory], env })
      })
  },
})`

/** An image of this repository's own kind, with ansible in it. */
const image = (work: string, name: string, plugin: string): string => {
  const directory = join(work, `ansible-${name}`)
  mkdirSync(directory, { recursive: true })
  writeFileSync(
    join(directory, 'antidote.config.ts'),
    `import { defineImage, definePlugin, toolset } from 'antidote'
import { ansible } from 'antidote/plugins'
import { utility } from 'antidote/presets'
void [definePlugin, toolset, ansible]
export default defineImage({ name: 'utility', use: [utility(), ${plugin}] })
`,
  )
  writeFileSync(join(directory, 'site.yml'), PLAYBOOK)
  return directory
}

/** Times two ways by turns, so that what else the host does meets both. */
const byTurns = async (runs: number, one: () => number, other: () => number): Promise<[number, number]> => {
  const times = { one: [] as number[], other: [] as number[] }
  for (let run = 0; run < runs; run++) {
    times.one.push(one())
    times.other.push(other())
  }
  return [middle(times.one), middle(times.other)]
}

const provisioned = (directory: string): number => {
  const args = ['-C', directory, 'build', '--from', 'provision', '--until', 'provision']
  const { stages } = json<{ stages: { stage: string; ms: number }[] }>(args, process.env)
  return stages.find(({ stage }) => stage === 'provision')!.ms / 1000
}

/** What the ansible plugin costs over `ansible-playbook`, in a tree and over SSH. */
export const ansibleRows = async (work: string): Promise<Row[]> => {
  const tree = image(work, 'tree', "ansible({ playbook: 'site.yml' })")
  const endpoint = image(work, 'endpoint', "ansible({ playbook: 'site.yml', stage: 'configure' })")
  const byHand = image(work, 'by-hand', BY_HAND)
  for (const directory of [tree, byHand]) provisioned(directory)
  const [inTree, inTreeByHand] = await byTurns(
    RUNS.tree,
    () => provisioned(tree),
    () => provisioned(byHand),
  )
  let times: [number, number] = [0, 0]
  await withBuild({ json: true, directory: endpoint }, 'boot', async ({ build }) => {
    const { disk, spec } = await specify(build)
    await withMachine(build, disk, spec, { changes: 'overlay' }, async ({ ssh: { host, port } }) => {
      const configured = (directory: string) => () =>
        seconds(antidote('-C', directory, 'configure', '--host', host, '--port', String(port)))
      // the first run changes what the others do not
      configured(byHand)()
      times = await byTurns(RUNS.ssh, configured(endpoint), configured(byHand))
    })
  })
  return [
    ratio('ansible plugin / by hand, in a tree', inTree, inTreeByHand, 1.1),
    ratio('ansible plugin / by hand, over SSH', ...times, 1.1),
  ]
}
