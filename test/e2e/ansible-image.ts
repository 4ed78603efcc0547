import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './cli.ts'

/** What no log, argument, key or document may show. */
export const SECRETS = {
  vault: 'vaultpassword1',
  vaulted: 'vaulted-secret-text',
  licence: 'the vaulted licence',
  password: 'pass{{ word }}-of-admin',
}

const blocks = [
  ...readFileSync(join(ROOT, 'docs/plugins/ansible.md'), 'utf8').matchAll(
    /^```(?:ts|yaml)\n([\s\S]*?)^```/gm,
  ),
].map(([, text]) => text!)
const documented = (pattern: RegExp): string => blocks.find((text) => pattern.test(text))!

/** The example of the docs: a config, its playbook and its checks. */
export const CONFIG = documented(/defineImage/)
const SITE = documented(/^# site\.yml/)
const CHECK = documented(/^# check\.yml/)

// ansible-vault encrypt_string and encrypt, with the password of the vault
const VARIABLES = `port: 8080
vaulted: !vault |
  $ANSIBLE_VAULT;1.1;AES256
  66313830363635326231353736373534666234353664306331343063363335383766326631333639
  3839396363313633653962316261363437626461373262310a303738656166386161313435336335
  61303362623331643366616662656430326333336330356430626436656264666432653833633264
  6663393139323833650a623634613761663031303039663832373735306430626265376339646562
  66613535653263313332383066343664656335653462333135383234343132313264
`
const LICENCE = `$ANSIBLE_VAULT;1.1;AES256
31333931366666363233623530643038616636323666383832653762663131616532353261343731
3231316265313935343864313366623333626431663562610a616133376663626266373632643262
39643832376366396333343863333061303965626537643066383438323533393430363765393839
3338306531343862640a393862326564386666636136623339393030663833656438303835666234
30396334373637666632653633626236353139333232656561373837366333653531
`
const TASKS = `# nobody has built this before: ${process.pid}-${Date.now()}
- name: directory
  ansible.builtin.file:
    path: /etc/lab
    state: directory
    mode: "0755"
- name: licence
  ansible.builtin.copy:
    src: licence
    dest: /etc/lab/licence
    mode: "0600"
- name: configuration
  ansible.builtin.template:
    src: lab.conf.j2
    dest: /etc/lab/lab.conf
    mode: "0640"
  notify: handled
- name: what is in it
  ansible.builtin.debug:
    msg: "{{ vaulted }} {{ lookup('ansible.builtin.template', 'lab.conf.j2') }}"
- name: password
  when: admin is defined
  ansible.builtin.copy:
    content: "{{ admin }}"
    dest: /etc/lab/password
    mode: "0600"
- name: bytes
  ansible.builtin.copy:
    src: bytes
    dest: /etc/lab/bytes
    owner: daemon
    mode: "0644"
- name: fetched back
  ansible.builtin.fetch:
    src: /etc/lab/bytes
    dest: /tmp/bytes
    flat: true
  changed_when: false
- name: is what was sent
  delegate_to: localhost
  become: false
  ansible.builtin.command: cmp /tmp/bytes {{ role_path }}/files/bytes
  changed_when: false
- name: in /tmp
  ansible.builtin.shell: echo one >/tmp/lab
  changed_when: false
- name: for the next task
  ansible.builtin.command: grep one /tmp/lab
  changed_when: false
- name: as somebody else
  become_user: nobody
  ansible.builtin.command: id -un
  register: who
  changed_when: false
- name: who is not root
  ansible.builtin.assert:
    that: who.stdout == 'nobody'
- name: of a collection
  ansible.builtin.include_role:
    name: lab.tools.marker
`

/** Every byte, often enough to need more than one packet. */
const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256))

const FILES: Record<string, string | Buffer> = {
  'site.yml': SITE,
  'check.yml': CHECK,
  'group_vars/all.yml': VARIABLES,
  'roles/lab/tasks/main.yml': TASKS,
  'roles/lab/handlers/main.yml': `- name: handled
  ansible.builtin.copy:
    content: "{{ 'handled' | shout }}"
    dest: /etc/lab/handled
    mode: "0644"
`,
  'roles/lab/templates/lab.conf.j2':
    '{{ port }} {{ vaulted }} {{ group_names | join(" ") }} {{ ansible_facts.distribution }}\n',
  'roles/lab/files/licence': LICENCE,
  'roles/lab/files/bytes': BYTES,
  'filter_plugins/shout.py':
    "class FilterModule:\n    def filters(self):\n        return {'shout': lambda text: text.upper()}\n",
  'collections/ansible_collections/lab/tools/roles/marker/tasks/main.yml': `- name: marker
  ansible.builtin.copy:
    content: of a collection
    dest: /etc/lab/marker
    mode: "0644"
`,
}

/** An image directory with the example, or another config and more files. */
export const labDirectory = (
  parent: string,
  name: string,
  config: string,
  files: Record<string, string> = {},
): string => {
  const directory = join(parent, name)
  for (const [path, content] of Object.entries({ ...FILES, 'antidote.config.ts': config, ...files })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
  return directory
}

/** A config with these plugins after Debian with Python, or what takes its place. */
export const configOf = (name: string, use: string, base = 'utility()'): string => `
import { defineImage, definePlugin, secret } from 'antidote'
import { ansible, ansibleLesson, disk } from 'antidote/plugins'
import { utility } from 'antidote/presets'
void [definePlugin, secret, ansible, ansibleLesson, disk, utility]
export default defineImage({ name: '${name}', use: [${base}, ${use}] })
`

/** The options of the playbook in the docs, with a secret variable. */
export const OPTIONS = `playbook: 'site.yml', groups: ['web'], vaultPassword: secret('${SECRETS.vault}'),
  extraVars: { admin: secret(${JSON.stringify(SECRETS.password)}) }`

/** Says all that there is of what the playbook makes. */
export const STATE = `cd /etc/lab && stat -c '%n %a %U:%G %s' . * && sha256sum * && ls -A /root`

/** A role as ansible-galaxy fetches it. */
export const roleArchive = (parent: string): Buffer => {
  const directory = join(parent, 'fetched-role')
  for (const [path, content] of Object.entries({
    'meta/main.yml':
      'galaxy_info:\n  author: lab\n  description: a role\n  license: MIT\n  min_ansible_version: "2.14"\n',
    'tasks/main.yml':
      '- name: fetched\n  ansible.builtin.copy:\n    content: fetched\n    dest: /etc/fetched\n    mode: "0644"\n',
  })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
  return execFileSync('tar', ['-C', parent, '-czf', '-', 'fetched-role'])
}
