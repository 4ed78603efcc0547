import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Ended, launch, must, ROOT } from '../e2e/cli.ts'
import { freshDebian, type Suite } from './tree.ts'

const SCRIPT = fileURLToPath(new URL('./machine.sh', import.meta.url))

/** Somebody with the rights to install packages. */
export const USER = 'author'

/** What this host needs to reach its registries, and containers of a host with small limits. */
const SURROUNDINGS = ['/etc/ssl/certs/ca-certificates.crt', join(homedir(), '.npmrc')]
const CONTAINERS = '[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\npids_limit = 0\n'

/** A fresh Debian in namespaces of its own: its processes, mounts, name and network. */
export interface BareMachine {
  /** Its root directory, as the host sees it. */
  readonly root: string
  /** Runs a line of shell as a login of this user does. */
  run(line: string, options?: { user?: string; env?: Record<string, string> }): Promise<Ended>
  /** The same, and throws with the output where it fails. Gives the standard output. */
  must(line: string, options?: { user?: string; env?: Record<string, string> }): Promise<string>
  /** Runs a command of the host in its network. */
  onNetwork(argv: readonly string[], env?: Record<string, string>): Promise<Ended>
  /** Ends it and removes its files. */
  stop(): Promise<void>
}

/** Starts a machine of this suite, with a clone source at /antidote.git; the caller stops it. */
export const startBareMachine = async (suite: Suite): Promise<BareMachine> => {
  const root = mkdtempSync(join(tmpdir(), `antidote-bare-${suite}-`))
  await must(['tar', '-x', '-p', '-f', await freshDebian(suite), '-C', root])
  await furnish(root)
  const argv = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--uts', '--ipc', 'sh', SCRIPT, root]
  // a network with a way out and no way to this host
  const { child, end } = launch(['pasta', '--config-net', '--netns-only', '--runas', '0', '--', ...argv])
  await Promise.race([
    once(child.stdout!, 'data'),
    end.then(({ stderr }) => Promise.reject(new Error(`the machine did not start:\n${stderr}`))),
  ])
  const init = initOf(child.pid!)
  const stop = async () => {
    // everything in a machine ends with its first process
    process.kill(init, 'SIGKILL')
    await end
    await must(['rm', '-rf', '--one-file-system', root])
  }
  return { ...entered(root, String(init)), stop }
}

/** What is not in its archive: the sources of antidote, what this host has to be reached by, somebody to log in. */
const furnish = async (root: string): Promise<void> => {
  await must(['git', 'clone', '--quiet', '--bare', ROOT, join(root, 'antidote.git')])
  for (const file of SURROUNDINGS) {
    if (!existsSync(file)) continue
    mkdirSync(dirname(join(root, file)), { recursive: true })
    cpSync(file, join(root, file))
  }
  mkdirSync(join(root, 'etc/containers'), { recursive: true })
  writeFileSync(join(root, 'etc/containers/containers.conf'), CONTAINERS)
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost bare\n::1 localhost\n')
  // root has put the clone source there, and git clones from nobody else by itself
  writeFileSync(join(root, 'etc/gitconfig'), '[safe]\n\tdirectory = /antidote.git\n')
  await must(['chroot', root, 'useradd', '--create-home', '--shell', '/bin/bash', USER])
  writeFileSync(join(root, 'etc/sudoers.d/author'), `${USER} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 })
  const npmrc = join(root, homedir(), '.npmrc')
  if (existsSync(npmrc)) {
    cpSync(npmrc, join(root, 'home', USER, '.npmrc'))
    await must(['chroot', root, 'chown', `${USER}:`, `/home/${USER}/.npmrc`])
  }
}

/** The process that is the first of the machine: the last of the chain that started it. */
const initOf = (pid: number): number => {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return child ? initOf(Number(child)) : pid
}

const entered = (root: string, init: string): Omit<BareMachine, 'stop'> => {
  const everything = [
    'nsenter',
    '--target',
    init,
    '--mount',
    '--pid',
    '--uts',
    '--ipc',
    '--net',
    '--root',
    '--wd',
  ]
  const run: BareMachine['run'] = (line, { user = 'root', env = {} } = {}) => {
    const words = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    const login = ['runuser', '--login', user, '--whitelist-environment', Object.keys(env).join(',')]
    return launch([...everything, 'env', '-i', `PATH=${process.env.PATH}`, ...words, ...login, '-c', line])
      .end
  }
  return {
    root,
    run,
    must: async (line, options) => {
      const { code, stdout, stderr } = await run(line, options)
      if (code !== 0)
        throw new Error(`${line} ended with ${code}\n${stdout.slice(-4000)}\n${stderr.slice(-8000)}`)
      return stdout
    },
    onNetwork: (argv, env = {}) =>
      launch(['nsenter', '--target', init, '--net', ...argv], { env: { ...process.env, ...env } }).end,
  }
}
