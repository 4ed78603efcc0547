import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { storeDirectory } from '../../core/store/read.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The command line as it is published. */
export const CLI = join(ROOT, 'dist/core/cli/bin.js')

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface Started {
  child: ChildProcess
  /** Resolves when a line of standard error matches. */
  until(pattern: RegExp): Promise<void>
  end: Promise<Ended>
}

/** Starts any command; it never waits for input. */
export const launch = (
  argv: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Started => {
  const child = spawn(argv[0]!, argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  const text = { stdout: '', stderr: '' }
  const watchers = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]!.setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk
      for (const watch of watchers) watch()
    })
  }
  const end = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, ...text }))
  })
  const until = (pattern: RegExp) =>
    Promise.race([
      new Promise<void>((resolve) => {
        const watch = () => {
          if (!pattern.test(text.stderr)) return
          watchers.delete(watch)
          resolve()
        }
        watchers.add(watch)
        watch()
      }),
      end.then(({ stderr }) => {
        if (!pattern.test(stderr)) throw new Error(`${argv.join(' ')} ended without ${pattern}:\n${stderr}`)
      }),
    ])
  return { child, until, end }
}

/** Runs any command to its end. */
export const command = (
  argv: readonly string[],
  options: Parameters<typeof launch>[1] = {},
): Promise<Ended> => launch(argv, options).end

/** Runs any command and throws with what it printed if it fails. */
export const must = async (
  argv: readonly string[],
  options: Parameters<typeof launch>[1] = {},
): Promise<string> => {
  const { code, stdout, stderr } = await command(argv, options)
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}\n${stdout}\n${stderr}`)
  return stdout
}

/** antidote with these arguments. */
export const antidote = (
  args: readonly string[],
  options: Parameters<typeof launch>[1] = {},
): Promise<Ended> => command([process.execPath, CLI, ...args], options)

/** The one document that a verb prints with --json, whatever its exit status. */
export const antidoteJson = async <T>(
  args: readonly string[],
  options: Parameters<typeof launch>[1] = {},
): Promise<T & { code: number | null }> => {
  const { code, stdout, stderr } = await antidote(['--json', ...args], options)
  try {
    return { code, ...(JSON.parse(stdout) as T) }
  } catch {
    throw new Error(
      `antidote ${args.join(' ')} ended with ${code} and printed no JSON:\n${stdout}\n${stderr}`,
    )
  }
}

/** When the files of image directories were changed: an image has their time, and the same files give the same image. */
const CHANGED = new Date('2026-01-01')

/** An image directory: the config around these settings, and files by name, executable where they begin with #!. `imports` are those of the settings. */
export const imageDirectory = (
  parent: string,
  name: string,
  settings: string,
  files: Record<string, string> = {},
  imports = '',
): string => {
  const directory = join(parent, name)
  mkdirSync(directory, { recursive: true })
  const config = `import { defineImage, definePlugin, secret, serial } from 'antidote'
import { centos, debian, disk, netconf } from 'antidote/plugins'
import { centosEndpoint, cumulusEndpoint, debianEndpoint, utility, vqfxEndpoint } from 'antidote/presets'${imports && `\n${imports}`}
void [definePlugin, secret, serial, centos, centosEndpoint, debian, disk, netconf, cumulusEndpoint, debianEndpoint, utility, vqfxEndpoint]
export default defineImage({ name: '${name}', ${settings} })
`
  for (const [path, content] of Object.entries({ 'antidote.config.ts': config, ...files })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content, { mode: content.startsWith('#!') ? 0o755 : 0o644 })
    utimesSync(join(directory, path), CHANGED, CHANGED)
  }
  return directory
}

/** A store that has the toolbox and compiled kernels of the usual one, and nothing else. */
export const storeWithTools = async (parent: string, name = 'store'): Promise<string> => {
  // where the kernel is being compiled, this waits for it
  await must([process.execPath, CLI, '-C', ROOT, 'build', '--until', 'kernel'])
  const from = storeDirectory()
  const store = join(parent, name)
  mkdirSync(join(store, 'steps'), { recursive: true })
  for (const key of readdirSync(join(from, 'steps'))) {
    const file = join(from, 'steps', key, 'record.json')
    const tap =
      existsSync(file) &&
      (JSON.parse(readFileSync(file, 'utf8')) as { described: { tap: string } }).described.tap
    if (tap === 'toolbox' || tap === 'kernel')
      await must(['cp', '-a', '--reflink=auto', join(from, 'steps', key), join(store, 'steps', key)])
  }
  return store
}
