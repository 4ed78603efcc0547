import { AntidoteError } from './error.ts'
import { meant } from './meant.ts'

/** How a container is given what its network needs. */
const howToGive = (need: string): string =>
  need.startsWith('CAP_')
    ? `Start the container with \`--cap-add ${need.slice(4)}\` (on Kubernetes, add ${need.slice(4)} to securityContext.capabilities).`
    : `Start it with \`--device ${need}\` (on Kubernetes, mount ${need} as a hostPath volume of type CharDevice).`

/** Errors of the launcher in a published container. */
export const containerErrors = {
  machineFile: (file: string, reason: string) =>
    new AntidoteError('MACHINE_FILE', `The machine in ${file} cannot be read: ${reason}.`, {
      hint: 'The image is not whole: publish it again.',
    }),
  launcherSetting: (name: string, value: string, expected: string) =>
    new AntidoteError('LAUNCHER_SETTING', `${name} is "${value}", which is not ${expected}.`, {
      exitCode: 2,
    }),
  stateUnusable: (directory: string, reason: string) =>
    new AntidoteError('STATE_UNUSABLE', `The state directory ${directory} cannot be used: ${reason}.`, {
      hint: `Mount a volume or a tmpfs there that user 64055 may write, or name another directory by ANTIDOTE_STATE.`,
    }),
  stateOfOtherImage: (directory: string, name: string) =>
    new AntidoteError(
      'STATE_OF_OTHER_IMAGE',
      `The state directory ${directory} keeps changes to other disks than those of this image "${name}".`,
      { hint: 'Use the image they were made with, or an empty volume.' },
    ),

  // the control socket and health port of a published container, and the commands that use them
  controlUnusable: (path: string, reason: string) =>
    new AntidoteError('CONTROL_UNUSABLE', `The control socket ${path} cannot be made: ${reason}.`, {
      hint: 'Give each container a state directory of its own, which it may write, with a path below 90 characters: ANTIDOTE_STATE.',
    }),
  controlSilent: (path: string, reason: string) =>
    new AntidoteError('CONTROL_SILENT', `No launcher answers on ${path}: ${reason}.`, {
      hint: 'The container starts or ends just now, or ANTIDOTE_STATE is not what it was started with.',
    }),
  controlRefused: (sentence: string) => new AntidoteError('CONTROL_REFUSED', sentence),
  machineNotStarted: (state: string) =>
    new AntidoteError('MACHINE_NOT_STARTED', `The machine does not run; its container is ${state}.`),
  healthPort: (port: number, reason: string) =>
    new AntidoteError('HEALTH_PORT', `The health port ${port} cannot be used: ${reason}.`, {
      hint: 'Choose another one with ANTIDOTE_HEALTH_PORT; 0 leaves it out.',
    }),
  launcherRuns: () =>
    new AntidoteError(
      'LAUNCHER_RUNS',
      'The machine of this container runs already; it is not started twice.',
      {
        exitCode: 2,
        hint: 'Give a command, such as `antidote status`.',
      },
    ),
  launcherCommand: (command: string, known: readonly string[], near: string | undefined) =>
    new AntidoteError('LAUNCHER_COMMAND', `There is no command "${command}".${meant(near)}`, {
      exitCode: 2,
      hint: `The commands are ${known.join(', ')}.`,
    }),
  launcherArgument: (command: string, argument: string) =>
    new AntidoteError('LAUNCHER_ARGUMENT', `"${command}" does not take "${argument}".`, {
      exitCode: 2,
      hint: 'See --help.',
    }),
  loginPassword: (user: string) =>
    new AntidoteError('LOGIN_PASSWORD', `The password of the user "${user}" is not known here.`, {
      exitCode: 2,
      hint: 'Set ANTIDOTE_PASSWORD, or run this on a terminal (`exec -it` of podman or docker) to be asked for it.',
    }),
  terminalMissing: (command: string) =>
    new AntidoteError('TERMINAL_MISSING', `A shell by "${command}" needs a terminal, and this is none.`, {
      exitCode: 2,
      hint: 'Run it with `exec -it` of podman or docker, or give it a command to run.',
    }),
  sshPortMissing: (name: string) =>
    new AntidoteError('SSH_PORT_MISSING', `This container reaches no SSH port of the machine "${name}".`, {
      hint: '`antidote status` lists the ports that it reaches.',
    }),
  sshSilent: (where: string, seconds: number, state: string) =>
    new AntidoteError(
      'SSH_SILENT',
      `The guest's SSH server at ${where} did not answer within ${seconds} s; the machine is ${state}.`,
      { hint: '`antidote console` shows what the guest is doing.' },
    ),

  // the network of a published container
  networkLacks: (what: string, lacks: readonly { need: string; reason?: string }[], hint: string) => {
    const needs = lacks.map(({ need }) => need).join(' and ')
    const [only] = lacks
    const why =
      lacks.length === 1 && only!.reason
        ? `which cannot be opened (${only!.reason})`
        : 'which the container does not have'
    return new AntidoteError('NETWORK_LACKS', `${what} ${needs}, ${why}.`, {
      hint: `${lacks.map(({ need }) => howToGive(need)).join(' ')} ${hint}`,
    })
  },
  networkHost: () =>
    new AntidoteError(
      'NETWORK_HOST',
      "The container is in the host's network, whose interfaces are not the guest's.",
      {
        hint: 'Start the container without `--network host` (on Kubernetes, without hostNetwork).',
      },
    ),
  networkKernel: (module: string, name: string) =>
    new AntidoteError(
      'NETWORK_KERNEL',
      `The host's kernel does not offer ${module}, which joins ${name} to the guest.`,
      { hint: `Run \`modprobe ${module}\` on the host, or give it a kernel that has it.` },
    ),
  networkFailed: (name: string, reason: string) =>
    new AntidoteError('NETWORK_FAILED', `The interface ${name} cannot be joined to the guest: ${reason}.`),
  networkSlots: (what: string, most: number) =>
    new AntidoteError('NETWORK_SLOTS', `${what}, and a machine has at most ${most} slots.`, {
      hint: 'Name the interface of the first slot in ANTIDOTE_FIRST_INTERFACE, or take interfaces away.',
    }),
  networkInterface: (setting: string, text: string, count: number, names: readonly string[]) =>
    new AntidoteError(
      'NETWORK_INTERFACE',
      count === 0
        ? `${setting} is "${text}", and no interface of the container is that.`
        : `${setting} is "${text}", and ${count} interfaces of the container are that.`,
      { exitCode: 2, hint: `The container has ${names.join('; ') || 'no interface'}.` },
    ),
  networkManagement: (reason: string) =>
    new AntidoteError(
      'NETWORK_MANAGEMENT',
      `The guest cannot be given the container's own address: ${reason}.`,
      {
        hint: 'Name the interface in ANTIDOTE_MANAGEMENT_INTERFACE, or set ANTIDOTE_MANAGEMENT=forward.',
      },
    ),
} as const
