import { AntidoteError, type Place } from './error.ts'

const nearest = (hint: string | undefined): string => (hint ? ` Did you mean "${hint}"?` : '')

/** How a container is given what its network needs. */
const howToGive = (need: string): string =>
  need.startsWith('CAP_')
    ? `Start the container with \`--cap-add ${need.slice(4)}\` (on Kubernetes, add ${need.slice(4)} to securityContext.capabilities).`
    : `Start it with \`--device ${need}\` (on Kubernetes, mount ${need} as a hostPath volume of type CharDevice).`

/** Every error the core can raise, one function each: code, sentence and hint together. */
export const errors = {
  commandMissing: (command: string) =>
    new AntidoteError('COMMAND_MISSING', `The command "${command}" is not on this machine.`, {
      hint: 'Run `antidote doctor`: it names the package.',
    }),
  commandFailed: (command: string, status: string, lines: string[]) =>
    new AntidoteError('COMMAND_FAILED', `\`${command}\` ended with ${status}.`, { lines }),
  interrupted: () =>
    new AntidoteError('INTERRUPTED', 'Interrupted; everything was cleaned up.', { exitCode: 130 }),

  configMissing: (from: string) =>
    new AntidoteError('CONFIG_MISSING', `No antidote.config.ts in ${from} or any directory above it.`, {
      exitCode: 2,
      hint: 'Write one with `antidote init`, or name one with -C <dir> or --config <file>.',
    }),
  configUnreadable: (file: string, reason: string) =>
    new AntidoteError('CONFIG_UNREADABLE', `The config ${file} cannot be read: ${reason}.`, {
      exitCode: 2,
      place: { file },
    }),
  configNotTypeScript: (file: string) =>
    new AntidoteError('CONFIG_NOT_TYPESCRIPT', `The config ${file} is not a TypeScript file.`, {
      exitCode: 2,
      hint: 'Name it antidote.config.ts and export the result of defineImage() as its default.',
      place: { file },
    }),
  configThrew: (place: Place, message: string, cause: unknown) =>
    new AntidoteError('CONFIG_THREW', `The config threw while it was loaded: ${message}`, {
      exitCode: 2,
      place,
      cause,
    }),
  configSyntax: (place: Place, message: string) =>
    new AntidoteError('CONFIG_SYNTAX', `The config is not valid TypeScript: ${message}.`, {
      exitCode: 2,
      place,
    }),
  configNoDefault: (file: string) =>
    new AntidoteError('CONFIG_NO_DEFAULT', 'The config has no default export made by defineImage().', {
      exitCode: 2,
      place: { file },
      hint: 'Write `export default defineImage({ … })`.',
    }),
  configInvalid: (place: Place, message: string) =>
    new AntidoteError(
      'CONFIG_INVALID',
      `${place.property ? `"${place.property}"` : 'The image'} ${message}`,
      { exitCode: 2, place },
    ),
  configUnknownKey: (place: Place, key: string, known: string | undefined) =>
    new AntidoteError('CONFIG_UNKNOWN_KEY', `"${key}" is not a setting of an image.${nearest(known)}`, {
      exitCode: 2,
      place,
      hint: 'See docs/reference/config for the settings.',
    }),
  pluginTwice: (name: string, place: Place) =>
    new AntidoteError('PLUGIN_TWICE', `The plugin "${name}" is used twice in one image.`, {
      exitCode: 2,
      place,
      hint: 'Remove one of them, or give one another name.',
    }),
  pluginInvalid: (what: string, reason: string, place: Place) =>
    new AntidoteError('PLUGIN_INVALID', `${what} is not a plugin: ${reason}.`, {
      exitCode: 2,
      place,
      hint: 'A plugin is what definePlugin({ name, version, options, apply }) gives.',
    }),
  pluginTooNew: (name: string, wants: number, has: number, place: Place) =>
    new AntidoteError(
      'PLUGIN_TOO_NEW',
      `The plugin "${name}" was written for plugin API ${wants}; this antidote has API ${has}.`,
      {
        exitCode: 2,
        place,
        hint: 'Update antidote, or use an earlier release of the plugin.',
      },
    ),
  pluginOption: (plugin: string, option: string, message: string, known?: string) =>
    new AntidoteError('PLUGIN_OPTION', `${plugin}: "${option}" ${message}.${nearest(known)}`, {
      exitCode: 2,
    }),

  noTreeAt: (stage: string, known: readonly string[]) =>
    new AntidoteError('NO_TREE', `There is no tree to open a shell in after "${stage}".`, {
      exitCode: 2,
      hint: `Name one of ${known.join(', ')}; for the machine itself use \`antidote boot\`.`,
    }),
  launcherNotBuilt: (path: string) =>
    new AntidoteError('LAUNCHER_NOT_BUILT', `The launcher is not at ${path}.`, {
      hint: 'Run `npm run build`: published images hold the launcher that is built with the package.',
    }),
  endpointSilent: (address: string, seconds: number) =>
    new AntidoteError('ENDPOINT_SILENT', `No SSH server answered at ${address} within ${seconds} s.`, {
      hint: 'Check --host and --port, and that the endpoint runs.',
    }),
  lessonDirectory: (path: string) =>
    new AntidoteError(
      'LESSON_DIRECTORY',
      `The lesson directory ${path} does not exist or is not a directory.`,
      {
        exitCode: 2,
        hint: 'Name the directory of the lesson with --lesson.',
      },
    ),
  noDisk: (image: string) =>
    new AntidoteError('NO_DISK', `The qcow2 stage of the image "${image}" gave a tree, not a disk.`, {
      hint: 'Its last tap must return a disk.',
    }),
  noBootstrap: (image: string) =>
    new AntidoteError('NO_BOOTSTRAP', `No plugin of the image "${image}" bootstraps it.`, {
      exitCode: 2,
      hint: 'Add one that does to `use`, for example a preset from antidote/presets.',
    }),
  applyThrew: (plugin: string, message: string, place: Place | undefined, cause: unknown) =>
    new AntidoteError('APPLY_THREW', `The plugin "${plugin}" threw while it added its taps: ${message}`, {
      exitCode: 2,
      ...(place && { place }),
      cause,
    }),
  applyAsync: (plugin: string) =>
    new AntidoteError('APPLY_ASYNC', `The apply function of the plugin "${plugin}" returned a promise.`, {
      exitCode: 2,
      hint: 'Taps are added at once; wait inside a tap.',
    }),
  tapInvalid: (plugin: string, stage: string, reason: string) =>
    new AntidoteError('TAP_INVALID', `A tap of the plugin "${plugin}" at the stage "${stage}" ${reason}.`, {
      exitCode: 2,
      hint: `Write \`${stage}.tap('name', (subject, step) => …)\`.`,
    }),
  tapThrew: (plugin: string, tap: string, message: string, place: Place | undefined, cause: unknown) =>
    new AntidoteError('TAP_THREW', `The tap "${tap}" of the plugin "${plugin}" threw: ${message}`, {
      ...(place && { place }),
      cause,
    }),
  tapReturnedNothing: (expected: string) =>
    new AntidoteError('TAP_RETURNED_NOTHING', `The tap returned nothing; it must return ${expected}.`, {
      hint: 'Return the artifact it was given if there is nothing to change.',
    }),
  tapReturnedWrongKind: (got: string, expected: string) =>
    new AntidoteError('TAP_RETURNED_WRONG_KIND', `The tap returned ${got}; it must return ${expected}.`),
  tapInputs: (name: string, reason: string) =>
    new AntidoteError('TAP_INPUTS', `The inputs of "${name}" cannot be part of a key: ${reason}.`, {
      hint: 'Inputs and options are plain data: strings, numbers, booleans, arrays, objects.',
    }),
  inputMissing: (what: string, path: string, place?: Place) =>
    new AntidoteError('INPUT_MISSING', `${what} names ${path}, which does not exist.`, {
      exitCode: 2,
      hint: 'Create the file, or remove the setting.',
      ...(place && { place }),
    }),
  inputNotFile: (what: string, path: string, place: Place) =>
    new AntidoteError('INPUT_NOT_FILE', `${what} names ${path}, which is not a file.`, {
      exitCode: 2,
      hint: 'Name the script itself.',
      place,
    }),
  inputNotExecutable: (what: string, path: string, place?: Place) =>
    new AntidoteError('INPUT_NOT_EXECUTABLE', `${what} names ${path}, which is not executable.`, {
      exitCode: 2,
      hint: `Run \`chmod +x ${path}\`.`,
      ...(place && { place }),
    }),
  scriptFailed: (script: string, status: number, lines: string[]) =>
    new AntidoteError('SCRIPT_FAILED', `${script} ended with exit status ${status}.`, { lines }),
  guestCommandFailed: (command: string, status: number, lines: string[]) =>
    new AntidoteError(
      'GUEST_COMMAND_FAILED',
      `In the guest, \`${command}\` ended with exit status ${status}.`,
      { lines },
    ),
  fileOwner: (path: string, owner: string, lines: string[]) =>
    new AntidoteError(
      'FILE_OWNER',
      `${path} cannot be given to "${owner}": the guest does not know that owner.`,
      { lines },
    ),

  unknownStep: (name: string, near: string | undefined) =>
    new AntidoteError(
      'STEP_UNKNOWN',
      `"${name}" is neither a stage nor a step of this image.${nearest(near)}`,
      {
        exitCode: 2,
        hint: '`antidote plan` lists them.',
      },
    ),
  storeReadOnly: (directory: string, reason: string) =>
    new AntidoteError('STORE_READ_ONLY', `The store ${directory} cannot be written: ${reason}.`, {
      hint: 'Make it writable, or set ANTIDOTE_CACHE_DIR to another directory.',
    }),
  storeFull: (directory: string, lines: string[] = []) =>
    new AntidoteError('STORE_FULL', `The disk that holds ${directory} is full.`, {
      lines,
      hint: 'Free space with `antidote clean --older-than 7d`, or set ANTIDOTE_CACHE_DIR to another disk.',
    }),
  storeBusy: (directory: string) =>
    new AntidoteError('STORE_BUSY', `A build is using the store ${directory}.`, {
      hint: 'Wait for it to end and clean again.',
    }),
  storeEntryDamaged: (key: string, reason: string) =>
    new AntidoteError('STORE_DAMAGED', `The store entry ${key.slice(0, 12)} is damaged: ${reason}.`, {
      hint: 'Build again with `antidote build --no-cache`: everything is made anew.',
    }),
  downloadFailed: (url: string, reason: string) =>
    new AntidoteError('DOWNLOAD_FAILED', `${url} cannot be downloaded: ${reason}.`, {
      hint: 'Check the address and the network; what was fetched is kept and resumed.',
    }),
  checksumMismatch: (url: string, expected: string, got: string) =>
    new AntidoteError('CHECKSUM_MISMATCH', `${url} has sha256 ${got}, not ${expected}.`, {
      hint: 'Either the checksum is out of date or the file was tampered with; nothing of it was used.',
    }),

  namespaceFailed: (reason: string) =>
    new AntidoteError('NAMESPACE_FAILED', `A build namespace cannot be made: ${reason}.`, {
      hint: 'Run `antidote doctor`.',
    }),
  diskTooSmall: (size: string, content: string) =>
    new AntidoteError('DISK_TOO_SMALL', `The disk of ${size} does not hold the ${content} of the tree.`, {
      exitCode: 2,
      hint: 'Raise `disk.size` in the config, or leave it out to have it sized from the content.',
    }),
  bootLoaderTooLarge: (bytes: number) =>
    new AntidoteError(
      'BOOT_LOADER_TOO_LARGE',
      `The boot loader's ${bytes} bytes do not fit before the first partition.`,
    ),

  // images and registries
  layerPathTwice: (path: string) =>
    new AntidoteError('LAYER_PATH_TWICE', `The layer has two entries for ${path}.`),
  runtimeFileMissing: (path: string) =>
    new AntidoteError(
      'RUNTIME_FILE_MISSING',
      `The toolbox has no ${path}, which every published image needs.`,
      {
        hint: 'Remove the toolbox with `antidote clean` and build again: it is made anew.',
      },
    ),
  referenceInvalid: (reference: string, reason: string) =>
    new AntidoteError('REFERENCE_INVALID', `"${reference}" is not the name of an image: ${reason}.`, {
      exitCode: 2,
      hint: 'A name looks like antidotelabs/utility:v0.4.0 or registry.example:5000/antidotelabs/utility:latest.',
    }),
  registryMissing: (reference: string) =>
    new AntidoteError('REGISTRY_MISSING', `"${reference}" does not say which registry to publish to.`, {
      exitCode: 2,
      hint: 'Begin it with the host of a registry, for example registry.example:5000/antidotelabs/utility:latest.',
    }),
  registryDenied: (reference: string, lines: string[]) =>
    new AntidoteError('REGISTRY_DENIED', `The registry does not let you write ${reference}.`, {
      lines,
      hint: 'Log in with `podman login`, `skopeo login` or `docker login`, and check that you may write there.',
    }),
  registryUnreachable: (registry: string, lines: string[]) =>
    new AntidoteError('REGISTRY_UNREACHABLE', `The registry ${registry} cannot be reached.`, {
      lines,
      hint: 'Check the host and port, and that the registry runs.',
    }),
  registryInsecure: (registry: string, lines: string[]) =>
    new AntidoteError('REGISTRY_INSECURE', `The registry ${registry} offers no TLS that can be trusted.`, {
      lines,
      hint: 'Give it a certificate that this machine trusts, or allow it with --insecure.',
    }),
  // publishing
  testsFailed: (image: string, failed: number, all: number, lines: string[]) =>
    new AntidoteError(
      'TESTS_FAILED',
      `${failed === 1 ? 'One' : failed} of the ${all} tests of the image "${image}" failed; nothing was published.`,
      { lines, hint: 'Run `antidote test` to see all of them, or publish with --no-test.' },
    ),
  optionsContradict: (one: string, other: string, reason: string, hint: string) =>
    new AntidoteError('OPTIONS_CONTRADICT', `The options ${one} and ${other} contradict: ${reason}.`, {
      exitCode: 2,
      hint,
    }),
  previewInvalid: (id: string) =>
    new AntidoteError('PREVIEW_INVALID', `"${id}" cannot be part of the tag of a preview.`, {
      exitCode: 2,
      hint: 'Use 1 to 120 letters, digits, "_", "." or "-", such as the number of the pull request.',
    }),
  previewTag: (option: string, name: string, tag: string) =>
    new AntidoteError(
      'PREVIEW_TAG',
      `The name "${name}" of ${option} has the tag "${tag}", and --preview gives it another.`,
      { exitCode: 2, hint: 'Leave out the tag, or --preview.' },
    ),
  collectionEmpty: (directory: string) =>
    new AntidoteError('COLLECTION_EMPTY', `There is no antidote.config.ts in ${directory} or below it.`, {
      exitCode: 2,
      hint: 'Name the directory that holds the images: `antidote publish --changed <dir>`.',
    }),
  collectionTwins: (name: string, one: string, other: string) =>
    new AntidoteError('COLLECTION_TWINS', `Two images are called "${name}": ${one} and ${other}.`, {
      exitCode: 2,
      hint: 'Give one of them another name: they would be published over each other.',
    }),
  metaInvalid: (image: string, property: string, reason: string) =>
    new AntidoteError(
      'META_INVALID',
      `The platform would refuse image.meta.yaml of the image "${image}": "${property}" ${reason}`,
      { exitCode: 2, hint: 'Set it in the `platform` section of the config.' },
    ),
  metaSecret: (image: string, user: string) =>
    new AntidoteError(
      'META_SECRET',
      `image.meta.yaml of the image "${image}" would show the password of "${user}", which is a secret.`,
      {
        exitCode: 2,
        hint: 'The platform logs in with what that file says: give the user a password without secret(), or do without --meta.',
      },
    ),
  metaForeign: (file: string) =>
    new AntidoteError('META_FOREIGN', `${file} was not written by antidote, so it is left as it is.`, {
      exitCode: 2,
      hint: 'Move what it says into the `platform` section of the config and remove the file, or name another with --meta <file>.',
    }),
  dockerfileLabel: (name: string) =>
    new AntidoteError(
      'DOCKERFILE_LABEL',
      `The label "${name}" has a line break, which no Dockerfile can set.`,
      {
        exitCode: 2,
        hint: 'Take the line break out of `labels` or `description`, or publish without --dockerfile.',
      },
    ),
  dockerfileOccupied: (directory: string) =>
    new AntidoteError(
      'DOCKERFILE_OCCUPIED',
      `${directory} holds something else than a build context of antidote.`,
      {
        exitCode: 2,
        hint: 'Name a directory that is empty or does not exist.',
      },
    ),
  engineMissing: () =>
    new AntidoteError(
      'ENGINE_MISSING',
      'The image cannot be loaded: neither podman nor docker is on this machine.',
      {
        hint: 'Install one of them, or publish without --load: the image layout is complete without it.',
      },
    ),
  engineUnreachable: (engine: string, lines: string[]) =>
    new AntidoteError(
      'ENGINE_UNREACHABLE',
      `The image cannot be loaded: ${engine} is here but does not answer.`,
      {
        lines,
        hint:
          engine === 'docker'
            ? 'Start the Docker daemon, or check DOCKER_HOST and that you may use it.'
            : 'Try `podman info`.',
      },
    ),

  qemuFailed: (name: string, status: string, lines: string[]) => {
    const said = (
      lines.find((line) => /qemu-system/.test(line) && !/warning:/.test(line)) ?? lines.at(-1)
    )?.replace(/^\S*qemu-system-\w+: /, '')
    return new AntidoteError(
      'QEMU_FAILED',
      `QEMU cannot run the machine "${name}": it ended with ${status}${said ? `, saying "${said}"` : ''}.`,
      { lines },
    )
  },
  machineNeedsFile: (name: string, path: string) =>
    new AntidoteError('MACHINE_NEEDS_FILE', `The machine "${name}" needs ${path}, which cannot be read.`),
  qmpFailed: (command: string, reason: string) =>
    new AntidoteError('QMP_FAILED', `QEMU refused "${command}": ${reason.replace(/\.$/, '')}.`),
  kvmUnusable: (reason: string) =>
    new AntidoteError('KVM_UNUSABLE', `The machine asks for KVM, which cannot be used: ${reason}.`, {
      hint: 'Set `machine.accelerator` to "auto" to have it emulated where there is no KVM.',
    }),
  machineInterfaces: (wanted: number, most: number, type: string) =>
    new AntidoteError(
      'MACHINE_INTERFACES',
      `${wanted} interfaces are more than the ${most} that a ${type} machine has room for.`,
      {
        exitCode: 2,
        hint: 'Lower `machine.interfaces`.',
      },
    ),
  machineDisks: (wanted: number, most: number, bus: string) =>
    new AntidoteError(
      'MACHINE_DISKS',
      `${wanted} ${bus} disks are more than the ${most} that the machine has room for.`,
      { exitCode: 2 },
    ),
  machineNoAnswer: (
    name: string,
    server: string,
    seconds: number,
    reached: string,
    lines: string[],
    hint: string,
  ) =>
    new AntidoteError(
      'MACHINE_NO_ANSWER',
      `The machine "${name}" did not answer over ${server} within ${seconds} s: ${reached}.`,
      {
        lines,
        hint,
      },
    ),
  machinePanic: (
    name: string,
    reason: string,
    lines: string[],
    hint = 'The serial console tells what came before.',
  ) =>
    new AntidoteError('MACHINE_PANIC', `The kernel of the machine "${name}" gave up: ${reason}.`, {
      lines,
      hint,
    }),
  machineOff: (name: string, lines: string[]) =>
    new AntidoteError('MACHINE_OFF', `The machine "${name}" is off.`, {
      lines,
      hint: 'The serial console tells what came before.',
    }),
  machineStopped: (name: string, reason: string) =>
    new AntidoteError(
      'MACHINE_STOPPED',
      `The machine "${name}" was stopped because its disk on this host cannot be written: ${reason}.`,
      {
        hint: 'Free space on the disk that holds the store, or set ANTIDOTE_CACHE_DIR to another disk.',
      },
    ),
  machineShutdown: (name: string, seconds: number, lines: string[]) =>
    new AntidoteError(
      'MACHINE_SHUTDOWN',
      `The machine "${name}" was not off ${seconds} s after the power button was pressed.`,
      {
        lines,
        hint: 'The guest needs an ACPI power button handler: systemd-logind or acpid.',
      },
    ),
  machineReboot: (name: string, seconds: number, lines: string[]) =>
    new AntidoteError('MACHINE_REBOOT', `The machine "${name}" did not restart within ${seconds} s.`, {
      lines,
    }),
  portTaken: (host: string, port: number, holder: string | undefined) =>
    new AntidoteError('PORT_TAKEN', `Port ${port} on ${host} is taken${holder ? ` by ${holder}` : ''}.`, {
      hint: 'End what holds it, or choose another port.',
    }),
  portUnusable: (host: string, port: number, reason: string) =>
    new AntidoteError('PORT_UNUSABLE', `Port ${port} on ${host} cannot be used: ${reason}.`, {
      hint: 'Ports below 1024 need root; the address must be one of this machine.',
    }),
  sshLogin: (user: string, where: string) =>
    new AntidoteError('SSH_LOGIN', `The guest at ${where} refused the password of the user "${user}".`, {
      hint: 'Check `login` in the config, and that sshd allows passwords.',
    }),
  sshFailed: (where: string, reason: string) =>
    new AntidoteError('SSH_FAILED', `The SSH connection to ${where} failed: ${reason}.`),
  guestArgument: (text: string) =>
    new AntidoteError('GUEST_ARGUMENT', `"${text}" cannot be given to a command in the guest.`),
  guestTimeout: (command: string, seconds: number, lines: string[]) =>
    new AntidoteError('GUEST_TIMEOUT', `In the guest, \`${command}\` did not end within ${seconds} s.`, {
      lines,
    }),
  expectation: (message: string, lines: string[] = []) =>
    new AntidoteError('EXPECTATION', message, { lines }),

  // the launcher in a published container
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
  launcherCommand: (command: string, known: readonly string[], near: string | undefined) =>
    new AntidoteError('LAUNCHER_COMMAND', `There is no command "${command}".${nearest(near)}`, {
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
      hint: 'Set ANTIDOTE_PASSWORD, or run this on a terminal (`podman exec -it`) to be asked for it.',
    }),
  terminalMissing: (command: string) =>
    new AntidoteError('TERMINAL_MISSING', `A shell by "${command}" needs a terminal, and this is none.`, {
      exitCode: 2,
      hint: 'Run it with `podman exec -it`, or give it a command to run.',
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
  networkManagement: (reason: string) =>
    new AntidoteError(
      'NETWORK_MANAGEMENT',
      `The guest cannot be given the container's own address: ${reason}.`,
      {
        hint: 'Name the interface in ANTIDOTE_MANAGEMENT_INTERFACE, or set ANTIDOTE_MANAGEMENT=forward.',
      },
    ),

  // image directories to start from
  presetUnknown: (name: string, known: readonly string[], near: string | undefined) =>
    new AntidoteError('PRESET_UNKNOWN', `There is no preset "${name}".${nearest(near)}`, {
      exitCode: 2,
      hint: `The presets are ${known.join(' and ')}.`,
    }),
  initOccupied: (directory: string, reason: string) =>
    new AntidoteError(
      'INIT_OCCUPIED',
      `${directory} ${reason}; an image directory is written only where there is nothing.`,
      {
        exitCode: 2,
        hint: 'Name another directory: `antidote init <preset> <dir>`.',
      },
    ),
  initFailed: (directory: string, reason: string) =>
    new AntidoteError('INIT_FAILED', `The image directory ${directory} cannot be written: ${reason}.`, {
      hint: 'Nothing of it was left behind; name a directory that you may write.',
    }),
} as const
