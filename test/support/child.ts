import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A TypeScript program of the tests in a process of its own, killed with the test at the latest. */
export interface Child {
  readonly process: ChildProcess
  /** Settles when the program has written a line that contains this. */
  said(text: string): Promise<void>
  /** The exit status, null after a signal. */
  ended: Promise<number | null>
  output(): string
}

/** Starts a program; `wrapper` is a command that is given the program's command line. */
export const startChild = (program: URL, args: readonly string[], wrapper: readonly string[] = []): Child => {
  const [command, ...rest] = [
    ...wrapper,
    process.execPath,
    '--import',
    'tsx',
    fileURLToPath(program),
    ...args,
  ]
  const child = spawn(command!, rest, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const listeners = new Set<() => void>()
  const keep = (chunk: Buffer) => {
    output += chunk.toString()
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = once(child, 'close').then(([code]) => code as number | null)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (output.includes(text)) resolve()
      }
      listeners.add(look)
      look()
      void ended.then(() => reject(new Error(`ended without saying "${text}": ${output}`)))
    })
  return { process: child, said, ended, output: () => output }
}

/** A wrapper that takes root's power over files away; an ordinary user has none to begin with. */
export const powerless: string[] =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : []

/** A wrapper that gives the program a terminal of this size. */
export const onTerminal = (rows: number, columns: number): string[] => [
  'sh',
  '-c',
  `size="stty rows $1 cols $2"; shift 2
  for word; do quoted="$quoted '$word'"; done
  exec script --quiet --return --command "$size; exec $quoted" /dev/null`,
  'sh',
  String(rows),
  String(columns),
]

/** A wrapper under which the kernel does not know a system call of x86-64. */
export const withoutCall = (number: number): string[] => [
  'perl',
  '-e',
  `my $filter = pack '(S C C L)*', 0x20, 0, 0, 0, 0x15, 0, 1, shift, 0x06, 0, 0, 0x50026, 0x06, 0, 0, 0x7fff0000;
  my $program = pack 'S x6 P', 4, $filter;
  syscall(157, 22, 2, $program, 0, 0) == 0 or die "seccomp: $!";
  exec @ARGV`,
  String(number),
]

/** A wrapper that mounts an overlay over a directory, as the root of a container is one; its changes go to `scratch`. */
export const onOverlay = (directory: string, scratch: string): string[] => [
  'unshare',
  '--mount',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user', '--map-auto']),
  'sh',
  '-ec',
  `mkdir "$2/upper" "$2/work"
  mount -t overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work$3" overlay "$1"
  shift 3; exec "$@"`,
  'sh',
  directory,
  scratch,
  process.getuid?.() === 0 ? '' : ',userxattr',
]

/** A wrapper that mounts a tmpfs with these options on a directory, seen by the program alone. */
export const onTmpfs = (directory: string, options: string): string[] => [
  'unshare',
  '--mount',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user', '--map-auto']),
  'sh',
  '-ec',
  'mount -t tmpfs -o "$2" test "$1"; shift 2; exec "$@"',
  'sh',
  directory,
  options,
]
