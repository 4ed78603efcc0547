import { type Command, Option } from 'commander'
import { argument, each, numberUpTo } from './arguments.ts'
import { HOST_KEY_CHOICES } from './host-key-choice.ts'
import { parseEndpoint, parseNamedForward } from './parse.ts'

const forward = argument(
  parseNamedForward,
  'It must be two ports like 8830:830, or leaf=8830:830 in a lesson.',
)
const endpoint = argument(parseEndpoint, 'It must be like leaf=127.0.0.1:2222.')

/** The options of `configure`. In a cluster's job they come from the environment. */
export const configuring = (command: Command): Command =>
  command
    .argument('[lesson]', 'the directory of a lesson, whose endpoints are configured')
    .option('--host <address>', 'without a lesson: where the SSH of the endpoint answers')
    .option('--port <port>', 'without a lesson: the port of its SSH; 22 if left out', numberUpTo(65_535, 1))
    .option(
      '--lesson <dir>',
      'without one: the lesson files to copy to /antidote, where the guest cannot mount them',
    )
    .addOption(
      new Option('--stage <number>', 'the stage of the lesson; 0 if left out')
        .argParser(numberUpTo(9999))
        .env('ANTIDOTE_STAGE'),
    )
    .option(
      '--endpoint <name=host:port>',
      'where an endpoint of the lesson answers; at its own name if left out; may be given again',
      each(endpoint),
    )
    .option(
      '--forward <port:port>',
      'where another TCP port answers, like 8830:830, or leaf=8830:830 in a lesson; may be given again',
      each(forward),
    )
    .addOption(
      new Option(
        '--known-hosts <file>',
        'the SSH host keys that are trusted, as ssh has them; ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts if left out',
      ).env('ANTIDOTE_KNOWN_HOSTS'),
    )
    .addOption(
      new Option(
        '--host-keys <which>',
        'trust those of known hosts (known, if left out), the first of each endpoint (first-use), or any key (any)',
      )
        .choices(HOST_KEY_CHOICES)
        .env('ANTIDOTE_HOST_KEYS'),
    )
    .addOption(
      new Option('--only <endpoint>', 'configure no other endpoint of the lesson; may be given again')
        .argParser(each((text) => text))
        .env('ANTIDOTE_ENDPOINT'),
    )
    .addOption(
      new Option('--images <dir>', 'the directory with the images of the lesson').env('ANTIDOTE_IMAGES'),
    )
    .option(
      '--deadline <seconds>',
      'for each endpoint; 600 in a lesson, else 60 until it answers',
      numberUpTo(86_400, 1),
    )
    .option('--retries <count>', 'further attempts where the error may pass; 3 if left out', numberUpTo(100))
