import { cp, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Effect, reveal, type Secret, type SessionExec, type Step, tasks } from 'antidote'
import { openBridge } from './bridge.ts'
import { failure, notIdempotent, throwIfIdle, unreadable } from './errors.ts'
import { type Event, Progress } from './events.ts'
import { type Found, look } from './look.ts'
import type { Variable } from './options.ts'
import type { Host, Playbook } from './types.ts'

const ASSETS = fileURLToPath(new URL('./collection', import.meta.url))

/** Takes away where modules had their temporary files, unless there is something in it. */
const TIDY = 'rmdir "$HOME/.ansible/tmp" "$HOME/.ansible" 2>/dev/null || true'

/** A variable as ansible reads it: a secret is never taken for a template. */
const plain = (value: Variable): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if ('reveal' in value) return { __ansible_unsafe: reveal(value as Secret) }
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item as Variable)]))
}

const inventoryOf = ({ name, variables = {} }: Host, groups: readonly string[] = []): string => {
  const children = Object.fromEntries(groups.map((group) => [group, { hosts: { [name]: {} } }]))
  return JSON.stringify({ all: { hosts: { [name]: variables }, children } })
}

const environmentOf = (assets: string, bridge: string, { fetched }: Playbook, host: Host, found: Found) => {
  const collections = [
    ...(fetched ? [join(fetched, 'collections')] : []),
    assets,
    '/usr/share/ansible/collections',
  ]
  return {
    ANTIDOTE_BRIDGE: bridge,
    ANTIDOTE_LOGIN: host.user,
    ANSIBLE_COLLECTIONS_PATH: collections.join(':'),
    ANSIBLE_ROLES_PATH: [
      ...(fetched ? [join(fetched, 'roles')] : []),
      tasks.roles,
      '/etc/ansible/roles',
    ].join(':'),
    ANSIBLE_STDOUT_CALLBACK: 'antidote.image.report',
    // a play, a host or a task may name another one
    ANSIBLE_TRANSPORT: 'antidote.image.guest',
    ANSIBLE_REMOTE_USER: host.user,
    ANSIBLE_PIPELINING: 'True',
    // root needs no password for su, and no sudo; whom it becomes may have no shell
    ...(host.user === 'root' && { ANSIBLE_BECOME_METHOD: 'su', ANSIBLE_SU_FLAGS: '-s /bin/sh' }),
    ...(found.python && { ANSIBLE_PYTHON_INTERPRETER: found.python }),
    ...host.ssh?.env,
    ANSIBLE_NOCOLOR: 'True',
    ANSIBLE_NOCOWS: 'True',
    ANSIBLE_LOCALHOST_WARNING: 'False',
    PYTHONDONTWRITEBYTECODE: '1',
  }
}

/** Runs ansible once, over an open session. */
const once = async (
  step: Step,
  { playbook, host, found }: { playbook: Playbook; host: Host; found: Found },
  exec: SessionExec,
  check = false,
): Promise<Progress> => {
  const progress = new Progress()
  const onEvent = (event: Event): void => {
    progress.take(event)
    if (event.event === 'task') step.log.info(event.task)
  }
  const bridge = await openBridge({ exec, onEvent, mask: (text) => step.mask(text) })
  try {
    const assets = join(step.work, 'ansible')
    await cp(ASSETS, assets, { recursive: true })
    const inventory = join(assets, 'inventory.json')
    await writeFile(inventory, inventoryOf(host, playbook.groups))
    const given = {
      vars: plain(playbook.extraVars ?? {}),
      vaults: Object.fromEntries(
        Object.entries(playbook.vaults ?? {}).map(([id, password]) => [id, reveal(password)]),
      ),
      env: playbook.env ?? {},
    }
    const argv = [
      ...['python3', join(assets, 'run.py'), '-i', inventory, `-${'v'.repeat(playbook.verbosity)}`],
      ...(playbook.tags?.length ? ['--tags', playbook.tags.join(',')] : []),
      ...(playbook.skipTags?.length ? ['--skip-tags', playbook.skipTags.join(',')] : []),
      ...(check ? ['--syntax-check'] : []),
      playbook.path,
    ]
    const { code, stdout, stderr } = await step.run(argv, {
      tools: 'tools',
      title: `ansible-playbook ${playbook.path}`,
      cwd: dirname(playbook.path),
      readable: [...playbook.readable, tasks.roles, ...(playbook.fetched ? [playbook.fetched] : [])],
      writable: [bridge.directory],
      ...(host.ssh && { views: host.ssh.views }),
      env: environmentOf(assets, bridge.path, playbook, host, found),
      input: JSON.stringify(given),
      allowFailure: true,
      ...(host.network && { network: true }),
    })
    if (code !== 0) {
      const failed = progress.failed.at(-1)
      if (failed) throw await failure(playbook, failed, host, exec)
      throw unreadable(playbook, code, stdout, stderr)
    }
  } finally {
    await bridge.close()
  }
  return progress
}

/**
 * Reads a playbook with all that it names, without a guest. Throws ANSIBLE_PLAYBOOK: what would take a machine first
 * is found out in a second.
 */
export const checkPlaybook = async (step: Step, playbook: Playbook, name: string): Promise<void> => {
  const exec: SessionExec = () => Promise.reject(new Error('a check of the syntax has no guest'))
  const host = { name, guest: undefined as never, user: 'root' }
  await once(step, { playbook, host, found: {} }, exec, true)
}

/**
 * Runs a playbook on a guest, and tells whether it changed anything. Throws ANSIBLE_PLAYBOOK where it cannot be read,
 * ANSIBLE_TASK where a task fails, ANSIBLE_NO_HOSTS where nothing of it is for the guest, ANSIBLE_CHANGED where it is not idempotent and must be.
 */
export const runPlaybook = (step: Step, playbook: Playbook, host: Host): Promise<Effect> =>
  host.guest.session(async (exec) => {
    const found = await look(exec)
    const run = { playbook, host, found }
    const first = await once(step, run, exec)
    summarise(step, playbook, host, first)
    if (playbook.idempotent) {
      step.log.info('once more, which must change nothing')
      const { changed } = await once(step, run, exec)
      if (changed.length > 0) throw notIdempotent(playbook.path, changed)
    }
    await exec(['/bin/sh', '-c', TIDY], { root: host.user === 'root' })
    return first.changed.length > 0 ? 'changed' : 'unchanged'
  })

const summarise = (step: Step, { path }: Playbook, { name, user }: Host, progress: Progress): void => {
  throwIfIdle(path, name, progress)
  const { tasks, changed } = progress
  step.log.info(`${tasks} tasks as ${user}, ${changed.length} of them changed something`)
}
