import { AntidoteError } from './error.ts'

/** Errors of machines and the way into them. */
export const machineErrors = {
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
  channelValue: (name: string, value: string) =>
    new AntidoteError(
      'CHANNEL_VALUE',
      `A guest cannot be told the ${name} "${value}": it has characters that its channel does not carry.`,
    ),
  kvmUnusable: (reason: string) =>
    new AntidoteError('KVM_UNUSABLE', `The machine asks for KVM, which cannot be used: ${reason}.`, {
      hint: 'Set `machine.accelerator` to "auto" to have it emulated where there is no KVM.',
    }),
  machinePort: (name: string, port: number) =>
    new AntidoteError(
      'MACHINE_PORT',
      `No port of this host leads to TCP port ${port} of the machine "${name}".`,
      {
        hint: "Name the port in the machine's `ports`.",
      },
    ),
  checkpointRefused: (reason: string, lines: string[]) =>
    new AntidoteError(
      'CHECKPOINT_REFUSED',
      `The machine that the step before left cannot be gone on with: ${reason.replace(/\.$/, '')}.`,
      { lines, hint: 'Run `antidote build --from provision`: the steps in the machine are made anew.' },
    ),
  diskNone: (stage: string) =>
    new AntidoteError('DISK_NONE', `After ${stage} there is a tree and no disk yet, so none is written.`, {
      exitCode: 2,
      hint: 'Leave out --until, or --output.',
    }),
  diskRunning: (stage: string) =>
    new AntidoteError('DISK_RUNNING', `The disk after ${stage} is one that a machine still runs from.`, {
      exitCode: 2,
      hint: 'Build the whole image: the machine is switched off before it is packed.',
    }),
  machineFirmware: (name: string) =>
    new AntidoteError(
      'MACHINE_FIRMWARE',
      `The disk of the image "${name}" boots by BIOS only, and its config asks for UEFI.`,
      {
        exitCode: 2,
        hint: "Leave out `machine.firmware`: 'uefi' is for third-party disks with an EFI system partition.",
      },
    ),
  machineInterfaces: (wanted: number, most: number, type: string, noun = 'interfaces') =>
    new AntidoteError(
      'MACHINE_INTERFACES',
      `${wanted} ${noun} are more than the ${most} that a ${type} machine has room for.`,
      {
        exitCode: 2,
        hint: 'Lower `machine.interfaces`.',
      },
    ),
  machineBridge: (type: string) =>
    new AntidoteError(
      'MACHINE_BRIDGE',
      `A ${type} machine has a PCI Express port for each interface, and no pci-bridge for them.`,
      { exitCode: 2, hint: 'Leave `bridge` out of the machine, or give it a pc-i440fx type.' },
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
  snapshotDamaged: (file: string) =>
    new AntidoteError('SNAPSHOT_DAMAGED', `The saved machine's file ${file} is not as it was written.`),
  snapshotUnreadable: (directory: string, reason: string) =>
    new AntidoteError('SNAPSHOT_UNREADABLE', `The saved machine in ${directory} cannot be read: ${reason}.`),
  snapshotQemu: (saved: string, here: string) =>
    new AntidoteError('SNAPSHOT_QEMU', `The machine was saved by QEMU ${saved}, and this is QEMU ${here}.`),
  snapshotRefused: (reason: string) =>
    new AntidoteError(
      'SNAPSHOT_REFUSED',
      `QEMU does not take the saved machine: ${reason.replace(/\.$/, '')}.`,
    ),
  snapshotCpu: (name: string) =>
    new AntidoteError(
      'SNAPSHOT_CPU',
      `The machine "${name}" cannot be saved under KVM: its CPU is this host's, and other hosts have another.`,
      {
        exitCode: 2,
        hint: 'Name a CPU model that all hosts have in `machine.cpu`, or leave out `machine.snapshot`.',
      },
    ),
  snapshotKvm: (name: string, reason: string) =>
    new AntidoteError(
      'SNAPSHOT_KVM',
      `The machine "${name}" is to be saved under KVM, which cannot be used on this host: ${reason}.`,
      { hint: 'Publish it on a host with KVM, or leave "kvm" out of `machine.snapshot.accelerators`.' },
    ),
  snapshotAddress: (name: string, slot: number, file: string) =>
    new AntidoteError(
      'SNAPSHOT_ADDRESS',
      `The machine "${name}" cannot be saved: the MAC address of its NIC ${slot} is not found in its ${file}.`,
      { hint: 'The guest has no driver for the NIC: set `machine.nic`, or leave out `machine.snapshot`.' },
    ),
  snapshotTests: (name: string, accelerator: string, failed: number, all: number, lines: string[]) =>
    new AntidoteError(
      'SNAPSHOT_TESTS',
      `${failed === 1 ? 'One' : failed} of ${all} tests of the image "${name}" failed on the machine that was restored under ${accelerator.toUpperCase()}; nothing was published.`,
      {
        lines,
        hint: 'They passed on the machine that was booted. Leave out `machine.snapshot`, or publish with --no-test.',
      },
    ),
  snapshotUnproven: (name: string, reason: string, lines: string[] = []) =>
    new AntidoteError(
      'SNAPSHOT_UNPROVEN',
      `The saved machine "${name}" did not come back as it must: ${reason}.`,
      {
        lines,
        hint: 'Leave out `machine.snapshot` to publish the image without it.',
      },
    ),
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
    new AntidoteError('SSH_FAILED', `The SSH connection to ${where} failed: ${reason}.`, { passing: true }),
  guestArgument: (text: string) =>
    new AntidoteError('GUEST_ARGUMENT', `"${text}" cannot be given to a command in the guest.`),
  guestTimeout: (command: string, seconds: number, lines: string[]) =>
    new AntidoteError('GUEST_TIMEOUT', `In the guest, \`${command}\` did not end within ${seconds} s.`, {
      lines,
    }),
  guestOutput: (command: string, most: number) =>
    new AntidoteError('GUEST_OUTPUT', `In the guest, \`${command}\` printed more than ${most} MiB.`, {
      hint: 'Let it write to a file of the guest, and read that.',
    }),
  testDeadline: (name: string, seconds: number, lines: string[] = []) =>
    new AntidoteError('TEST_DEADLINE', `The test "${name}" did not end within ${seconds} s.`, {
      lines,
      hint: 'Raise `testDeadline` in the config if the test needs longer.',
    }),
  expectation: (message: string, lines: string[] = []) =>
    new AntidoteError('EXPECTATION', message, { lines }),
} as const
