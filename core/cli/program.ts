import { readFileSync } from 'node:fs'
import { Argument, Command, CommanderError, Option } from 'commander'
import { argument, each, numberUpTo } from './arguments/arguments.ts'
import { configuring } from './arguments/configuring.ts'
import { parseAge, parseSize } from './arguments/parse.ts'
import { usageError } from './arguments/usage.ts'
import { presetNames } from './init/templates.ts'
import { printError } from './terminal/print-error.ts'

/** The version of the package. */
export const packageVersion = (): string => {
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as { version: string }).version
    } catch {
      // the sources are one level nearer to package.json than what is built from them
    }
  }
  throw new Error('package.json is missing')
}

/** As many as the config takes. */
const MOST_INTERFACES = 32

const stageList = ['bootstrap', 'kernel', 'rootfs', 'provision', 'qcow2', 'boot', 'test', 'publish']

/** Every verb; what runs is loaded only when it is asked for. */
export const createProgram = (finish: (code: number) => void): Command => {
  const program = new Command('antidote')
    .description('Builds, proves and ships endpoint images: virtual machines packed as OCI images.')
    .version(packageVersion())
    .option('-C, --directory <dir>', 'look for the config in this directory and above it')
    .option('--config <file>', 'the config file itself')
    .option('--json', 'one JSON document on standard output, progress on standard error')
    .option('--verbose', 'show the commands that run, and every line of their output')
    // what is wrong with a command line is printed as every other error
    .configureOutput({ outputError: () => {} })
    .exitOverride()

  const verb = (
    name: string,
    description: string,
    load: () => Promise<{ default: (...args: never[]) => Promise<number> }>,
  ) =>
    program
      .command(name)
      .description(description)
      .exitOverride((error) => {
        throw Object.assign(error, { verb: name })
      })
      .action(async (...args: unknown[]) => {
        const command = args.at(-1) as Command
        const options = command.optsWithGlobals()
        // throws where it was removed, before anything is begun in it
        process.cwd()
        const { default: run } = await load()
        finish(await run(...([...command.processedArgs, options] as never[])))
      })

  const building = (command: Command) =>
    command
      .addOption(
        new Option('--from <stage>', 'run this stage and the later ones, cached or not').choices(stageList),
      )
      .option('--no-cache', 'run every step, cached or not')
      .addOption(
        new Option(
          '--on-error <what>',
          'after a failure: end, keep the files of the step, or open a shell in them',
        )
          .choices(['abort', 'keep', 'shell'])
          .default('abort'),
      )

  verb('init', 'write an image directory to start from', () => import('./verbs/init.ts'))
    .argument('<preset>', presetNames().join(', '))
    .argument('[dir]', "where; the preset's name if left out")
  verb(
    'doctor',
    'check this machine, with the command that mends each fault',
    () => import('./verbs/doctor.ts'),
  ).option('--fix', 'run those commands where that is safe')
  verb('plan', 'show every step with its key, and what would run', () => import('./verbs/plan.ts'))
  verb(
    'explain',
    'say why steps would run again: which option, file or parent changed',
    () => import('./verbs/explain.ts'),
  ).argument('[step]', 'a stage or a tap; all that would run if left out')
  building(verb('build', 'build the disk', () => import('./verbs/build.ts')))
    .addOption(
      new Option('--until <stage>', 'stop after this stage').choices(stageList.slice(0, 5)).default('qcow2'),
    )
    .option('-o, --output <file>', 'copy the disk there')
  building(
    verb(
      'boot',
      'build, start the machine and open an SSH shell in it; it is off when the shell ends',
      () => import('./verbs/boot.ts'),
    ),
  )
    .argument('[command...]', 'run this in the machine instead of a shell, and switch it off')
    .option(
      '--ssh-port <port>',
      'where its SSH answers on this machine; a free one if left out',
      numberUpTo(65_535, 1),
    )
    .option('--lesson <dir>', 'the lesson files it sees at /antidote, read-only')
    .option(
      '--interfaces <count>',
      'network interfaces beside the one for management',
      numberUpTo(MOST_INTERFACES),
    )
    .option('--outgoing', 'let the guest connect to this host, its loopback too, and to what that reaches')
    .option('--no-shell', 'do not open a shell; run until Ctrl-C')
    .option('--console', 'show the serial console while it starts')
  building(
    verb(
      'shell',
      'open a shell in the tree of a stage; its changes are thrown away',
      () => import('./verbs/shell.ts'),
    ),
  )
    .argument('[stage]', 'bootstrap, kernel, rootfs or provision', 'provision')
    .argument('[command...]', 'a command instead of the shell')
  building(verb('test', 'build, boot and run every test', () => import('./verbs/test.ts')))
  building(verb('publish', 'build, test and pack as an OCI image', () => import('./verbs/publish.ts')))
    .option(
      '-t, --tag <name>',
      'name:tag of the image; may be given again',
      each((text) => text),
    )
    .option('-o, --output <dir>', 'write the OCI layout there')
    .option('--load', 'load it into podman or docker')
    .option('--archive <file>', 'write a file that `podman load` and `docker load` take')
    .option(
      '--to <reference>',
      'push it to registry/name:tag; with --changed, to a name below registry/prefix',
    )
    .option('--preview <id>', 'tag it preview-<id>, as for a pull request')
    .option('--changed [dir]', 'publish every image in the directory and below it that changed')
    .option('--meta [file]', "also write the platform's image.meta.yaml; with - only print it")
    .option('--dockerfile <dir>', 'also write a directory that `docker build` makes the image from')
    .option('--without-vendor-disk', "leave a vendor's disk out; who has it completes the image by `hydrate`")
    .option('--redistribute', "push a vendor's disk, too: you say that you may pass it on there")
    .option('--insecure', 'push without TLS, as to a registry of your own')
    .option('--no-test', 'do not run the tests first')
  verb('inspect', 'show what a published image holds', () => import('./verbs/inspect.ts'))
    .argument(
      '[image]',
      'an OCI layout or the name of an image in a registry; as it was published last if left out',
    )
    .option('--places', 'list every place of an address in its saved machines')
    .option('--insecure', 'read from a registry without TLS')
  verb(
    'hydrate',
    "complete an image that was published without its vendor's disk, from your own copy of that",
    () => import('./verbs/hydrate.ts'),
  )
    .argument('<image>', 'an OCI layout or the name of an image in a registry')
    .requiredOption('--disk <file>', 'the file of the vendor, as it was downloaded')
    .option(
      '-t, --tag <name>',
      'name:tag of the image; may be given again',
      each((text) => text),
    )
    .option('-o, --output <dir>', 'write the OCI layout there')
    .option('--load', 'load it into podman or docker')
    .option('--insecure', 'read from a registry without TLS')
  configuring(
    verb(
      'configure',
      'configure a running endpoint, or all endpoints of a lesson',
      () => import('./verbs/configure.ts'),
    ),
  )
  verb('images', 'list what was built, and whether it is up to date', () => import('./verbs/images.ts'))
  verb('logs', 'list the logs of earlier runs, or show the last one', () => import('./verbs/logs.ts'))
    .argument('[image]', 'of this image only')
    .option('--last', 'show the newest of them')
  verb('clean', 'remove what no build needs any more', () => import('./verbs/clean.ts'))
    .option(
      '--older-than <age>',
      'what was not used for so long, like 7d or 12h',
      argument(parseAge, 'It must be an age like 7d, 12h or 30m.'),
    )
    .option(
      '--max-size <size>',
      'the least recently used until the store is that small, like 20G',
      argument(parseSize, 'It must be a size like 500M or 20G.'),
    )
    .option('--all', 'everything')
  verb('completion', 'print the completion for a shell', async () => {
    const { completionOf } = await import('./verbs/completion.ts')
    return { default: completionOf(program) }
  }).addArgument(new Argument('<shell>', 'the shell that reads it').choices(['bash', 'zsh', 'fish']))
  return program
}

/** Whether the words before a command of the user's own ask for JSON; so far nothing has parsed them. */
const asksForJson = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}

/** Runs a command line and gives the exit status: 0 done, 1 failed, 2 usage or config, 130 interrupted. */
export const main = async (argv: readonly string[]): Promise<number> => {
  let code = 0
  try {
    await createProgram((status) => {
      code = status
    }).parseAsync(argv)
    return code
  } catch (error) {
    const json = asksForJson(argv)
    if (!(error instanceof CommanderError)) return printError(error, json)
    if (error.exitCode === 0) return 0
    // without a verb, the help that was printed says all that a person needs
    if (error.code === 'commander.help' && !json) return 2
    return printError(usageError(error), json)
  }
}
