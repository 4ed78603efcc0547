import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { specify, withMachine } from '../../core/build/boot.ts'
import { TestDriver } from '../../core/build/run-tests.ts'
import { withBuild } from '../../core/cli/session/with-build.ts'
import type { Endpoint } from '../../core/contract/plugin/endpoint.ts'
import { storeDirectory } from '../../core/store/read.ts'
import { CONFIG, configOf, labDirectory, OPTIONS, roleArchive, SECRETS, STATE } from './ansible-image.ts'
import { antidote, antidoteJson, command, must, ROOT } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { logsOf, watchArguments } from './traces.ts'

const work = temporaryDirectory()
const building = (directory: string) => antidote(['-C', directory, 'build', '--until', 'provision'])
const provisionKey = async (directory: string, plugin = 'ansible'): Promise<string> => {
  const { stages } = await antidoteJson<{
    stages: { stage: string; steps: { plugin: string; key: string; cached: boolean }[] }[]
  }>(['-C', directory, 'plan'])
  return stages.find(({ stage }) => stage === 'provision')!.steps.find((step) => step.plugin === plugin)!.key
}

let treeState = ''

describe.sequential('a playbook', () => {
  test('the example of the docs makes its files in a tree, idempotent, and shows its tasks', async () => {
    const directory = labDirectory(work, 'lab', CONFIG)
    const { code, stderr } = await building(directory)
    expect(stderr).toMatch(/^ {2}lab : configuration$/m)
    expect(stderr).toContain('must change nothing')
    expect(code).toBe(0)
    const { stdout } = await antidote(['-C', directory, 'shell', 'provision', 'cat', '/etc/lab/lab.conf'])
    expect(stdout).toBe(`8080 ${SECRETS.vaulted} web Debian\n`)
    expect(logsOf('lab')).toContain('"checksum"')
  })

  test('secrets are in no log, argument, key or record', async () => {
    const directory = labDirectory(
      work,
      'lab-secrets',
      configOf('lab-secrets', `ansible({ ${OPTIONS}, verbosity: 4 })`),
    )
    const stop = watchArguments()
    const { code, stdout, stderr } = await building(directory).finally(() => stop())
    expect(code).toBe(0)
    const log = logsOf('lab-secrets')
    expect(log).toContain('EXEC')
    expect(log).toContain('••••')
    const key = await provisionKey(directory)
    const entry = join(storeDirectory(), 'steps', key)
    const seen = stop()
    expect(seen.join('\n')).toContain('run.py')
    const texts = {
      log,
      stdout,
      stderr,
      arguments: seen.join('\n'),
      record: readFileSync(join(entry, 'record.json'), 'utf8'),
    }
    for (const [where, text] of Object.entries(texts))
      for (const [name, value] of Object.entries(SECRETS))
        expect(text.includes(value), `${name} in ${where}`).toBe(false)
    // those that the playbook writes are in the layer; what opens the vault is not
    expect((await command(['grep', '-rqF', SECRETS.licence, entry])).code).toBe(0)
    expect((await command(['grep', '-rqF', SECRETS.vault, entry])).code).toBe(1)
    treeState = await must([
      ...[process.execPath, join(ROOT, 'dist/core/cli/bin.js'), '-C', directory],
      ...['shell', 'provision', '--', 'sh', '-c', STATE],
    ])
    expect(treeState).toContain('password 600 root:root')
    expect(treeState).toContain('bytes 644 daemon:root')
  })
})

describe('what goes wrong', () => {
  const tree = (
    name: string,
    playbook: string,
    use = `ansible({ playbook: 'site.yml', idempotent: true })`,
  ) => labDirectory(work, name, configOf(name, use), { 'site.yml': playbook, 'group_vars/all.yml': '' })
  const play = (tasks: string, head = '') =>
    `- name: the play\n  hosts: all\n  gather_facts: false\n${head}  tasks:\n${tasks}`

  test.each<[string, string, string | undefined, RegExp[]]>([
    [
      'fails',
      play('    - name: the task\n      ansible.builtin.shell: echo said; echo complained >&2; exit 3\n'),
      undefined,
      [
        /error The task "the task" of the play "the play" in site\.yml failed: non-zero return code\./,
        /at .*site\.yml:5/,
        /│ said\n\s+│ complained/,
      ],
    ],
    [
      'asserts',
      play(
        '    - name: the task\n      ansible.builtin.assert:\n        that: 1 == 2\n        fail_msg: not equal\n',
      ),
      undefined,
      [/"the task" of the play "the play" in site\.yml failed: not equal\./],
    ],
    [
      'hides',
      play(
        '    - name: the task\n      no_log: true\n      ansible.builtin.command: sh -c "echo hidden-text; exit 1"\n',
      ),
      undefined,
      [/"the task" of the play .* failed: the output has been hidden/],
    ],
    [
      'changes-again',
      play('    - name: the task\n      ansible.builtin.command: "true"\n'),
      undefined,
      [
        /error site\.yml is not idempotent: run a second time, "the task" changed something\./,
        /at .*site\.yml:5/,
      ],
    ],
    [
      'nobody',
      '- name: the play\n  hosts: others\n  tasks: []\n',
      undefined,
      [/error No play of site\.yml is for the host "nobody": "the play"\./],
    ],
    [
      'misses-file',
      play(
        '    - name: the task\n      ansible.builtin.copy:\n        src: /nowhere/x\n        dest: /etc/x\n',
      ),
      undefined,
      [
        /"the task".*failed: Could not find or access '\/nowhere\/x'/,
        /→ A playbook sees the files of its own directory/,
      ],
    ],
    [
      'no-python',
      play('    - name: the task\n      ansible.builtin.ping:\n'),
      `definePlugin({ name: 'bare', version: '1', apply: ({ provision }) => provision.tap('bare', (tree, step) =>
        step.edit(tree, (guest) => guest.exec(['sh', '-c', 'rm /usr/bin/python3*']).then(() => {}))) }),
       ansible({ playbook: 'site.yml' })`,
      [
        /error The task "the task" of the play "the play" needs Python, and no-python has none\./,
        /"python3"/,
      ],
    ],
  ])('%s: one clear error', async (name, playbook, use, patterns) => {
    const { code, stderr } = await building(tree(name, playbook, use))
    expect(code).toBe(1)
    for (const pattern of patterns) expect(stderr).toMatch(pattern)
    expect(stderr.match(/^error /gm)).toHaveLength(1)
    expect(`${stderr}${logsOf(name)}`).not.toContain('hidden-text')
  })

  test('a vault that another password opens: said so, without the password', async () => {
    const use =
      "ansible({ playbook: 'site.yml', groups: ['web'], vaultPassword: secret('another-password') })"
    const directory = labDirectory(work, 'vault', configOf('vault', use))
    const { code, stderr } = await building(directory)
    expect(code).toBe(1)
    expect(stderr).toMatch(/Decryption failed/)
    expect(`${stderr}${logsOf('vault')}`).not.toContain('another-password')
  })
})

test('roles that requirements name are fetched once', async () => {
  const archive = roleArchive(work)
  let requests = 0
  const server = createServer((_, response) => {
    requests++
    response.end(archive)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    const directory = labDirectory(
      work,
      'fetching',
      configOf('fetching', `ansible({ playbook: 'play/site.yml', requirements: 'requirements.yml' })`),
      {
        'requirements.yml': `roles:\n  - name: fetched\n    src: http://127.0.0.1:${port}/fetched.tar.gz\n`,
        'play/site.yml': '- name: fetched\n  hosts: all\n  roles: [fetched]\n',
      },
    )
    expect((await building(directory)).code).toBe(0)
    const first = requests
    expect(first).toBeGreaterThan(0)
    const read = () => antidote(['-C', directory, 'shell', 'provision', 'cat', '/etc/fetched'])
    expect((await read()).stdout).toBe('fetched')
    writeFileSync(join(directory, 'play/more.yml'), '')
    expect((await building(directory)).code).toBe(0)
    expect(requests).toBe(first)
  } finally {
    server.close()
  }
})

describe.sequential('a machine', () => {
  const CHECKS = 'ansible({ name: "checks", playbook: "check.yml", stage: "test", ping: true })'

  test('that runs is configured, tested and given its lesson by playbooks, and left alone by a broken one', async () => {
    const configured = labDirectory(
      work,
      'configured',
      configOf('configured', `ansible({ ${OPTIONS}, stage: 'configure' }), ${CHECKS}, ansibleLesson()`),
    )
    const broken = labDirectory(
      work,
      'broken',
      configOf('broken', `ansible({ playbook: 'site.yml', stage: 'configure' })`),
      {
        'site.yml':
          '- hosts: all\n  tasks:\n    - name: first\n      raw: touch /tmp/touched\n    - raw: [touch\n',
      },
    )
    const lesson = join(work, 'lesson.yml')
    writeFileSync(
      lesson,
      `- hosts: "{{ lookup('env', 'ANTIDOTE_TARGET_HOST') }}"
  vars:
    user: "{{ lookup('env', 'ANTIDOTE_TARGET_USERNAME') }}"
    ansible_password: "{{ lookup('env', 'ANTIDOTE_TARGET_PASSWORD') }}"
  tasks:
    - name: over the connection of antidote
      ansible.builtin.copy:
        content: "{{ user }}"
        dest: /tmp/lesson
        mode: "0644"
    - name: over a connection of its own
      vars:
        ansible_connection: ssh
        ansible_user: "{{ user }}"
      ansible.builtin.command: whoami
      register: who
    - ansible.builtin.assert:
        that: who.stdout == user
`,
    )
    await withBuild({ json: true }, 'boot', async ({ build: own }) => {
      const { disk, spec } = await specify(own)
      await withMachine(own, disk, spec, { changes: 'overlay' }, async (machine) => {
        const { ssh, guest } = machine
        const place = ['configure', '--host', ssh.host, '--port', String(ssh.port)]
        const wrong = await antidote(['-C', broken, ...place])
        expect(wrong.code).toBe(1)
        expect(wrong.stderr).toMatch(/error ansible cannot run site\.yml: /)
        expect(wrong.stderr).toMatch(/at .*site\.yml:\d/)
        expect((await guest.exec(['ls', '/tmp'])).stdout).not.toContain('touched')

        expect((await antidote(['-C', configured, ...place])).code).toBe(0)
        const { stdout } = await guest.exec(['sh', '-c', STATE], { root: true })
        expect(stdout).toBe(treeState)

        await withBuild({ json: true, directory: configured }, 'boot', async ({ build }) => {
          const driver = new TestDriver(build, ({ plugin }) => plugin === 'checks')
          await build.stage('test', machine, driver)
          expect(driver.results).toMatchObject([
            { name: 'check.yml', ok: true },
            { name: 'ping', ok: true },
          ])
          // as `configure` does it: a port that nobody names is the same there
          const at = (port: number) => ({ ...machine.at(22), ...(port !== 22 && { port }) })
          const configuration = { type: 'ansible' as const, file: lesson }
          const endpoint: Endpoint = { name: 'configured', guest, spec, at, configuration }
          await build.stage('configure', endpoint, {
            tap: (tap, subject) =>
              tap.plugin === 'ansible-lesson' ? build.tap(tap, subject) : Promise.resolve(subject),
          })
        })
        expect((await guest.exec(['cat', '/tmp/lesson'])).stdout).toBe(spec.login.user)
      })
    })
    for (const value of Object.values(SECRETS)) expect(logsOf('configured')).not.toContain(value)
  })

  test('that runs from a disk is provisioned by the same playbook, and has the same files as the tree', async () => {
    const own = await antidoteJson<{ artifact: { path: string } }>(['-C', ROOT, 'build'])
    const state = join(work, 'state')
    const base = `definePlugin({ name: 'copy', version: '1', apply: ({ bootstrap }) => bootstrap.tap('disk', async (_, step) => {
        await step.run(['qemu-img', 'convert', '-O', 'qcow2', '${own.artifact.path}', step.out + '/disk.qcow2'],
          { readable: ['${own.artifact.path.replace(/[^/]+$/, '')}'] })
        return { kind: 'disk', chain: [step.ref('disk.qcow2')] }
      }) })`
    const look = `definePlugin({ name: 'look', version: '1', apply: ({ provision }) => provision.tap('state', (disk, step) =>
        step.edit(disk, async (guest) => {
          const { stdout } = await guest.exec(['sh', '-c', ${JSON.stringify(STATE)}], { root: true })
          writeFileSync('${state}', stdout)
        })) })`
    const config = `import { writeFileSync } from 'node:fs'\n${configOf('provisioned', `ansible({ ${OPTIONS} }), ${look}`, base)}`
    const directory = labDirectory(work, 'provisioned', config)
    const { code, stderr } = await building(directory)
    expect(stderr).toContain('going on with the machine of the step before')
    expect(code).toBe(0)
    expect(readFileSync(state, 'utf8')).toBe(treeState)
  })
})
