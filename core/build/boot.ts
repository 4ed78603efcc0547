import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import type { Disk } from '../base/model/artifact.ts'
import type { MachineSpec } from '../base/model/machine-spec.ts'
import type { RunningMachine } from '../machine/running.ts'
import { type StartOptions, startMachine } from '../machine/start.ts'
import type { Build } from './build.ts'
import { partsOf, specifyMachine } from './first-machine.ts'

const specified = new WeakMap<Build, Promise<{ disk: Disk; spec: MachineSpec }>>()

/** The build's disk and the machine to start from it, found out once in a build. */
export const specify = (build: Build): Promise<{ disk: Disk; spec: MachineSpec }> => {
  const known = specified.get(build) ?? buildAndSpecify(build)
  specified.set(build, known)
  return known
}

const buildAndSpecify = async (build: Build) => {
  const disk = await build.artifact('qcow2')
  if (disk.kind !== 'disk') throw errors.noDisk(build.image.name)
  const parts = partsOf(disk, (file) => build.store.path(file))
  const spec = await specifyMachine(build, parts)
  if (spec.firmware === 'uefi' && spec.directBoot) throw errors.machineFirmware(build.image.name)
  return { disk, spec }
}

/** Starts a build's machine, calls `act` with it, and leaves nothing of it behind. */
export const withMachine = async <T>(
  build: Build,
  disk: Disk,
  spec: MachineSpec,
  options: Partial<StartOptions>,
  act: (machine: RunningMachine) => Promise<T>,
): Promise<T> => {
  // in the store, so that `clean` finds it after a kill
  const work = await mkdtemp(join(build.store.directory, 'tmp', 'machine-'))
  const tools = await build.maker.toolbox()
  const log = build.maker.logger('console')
  try {
    const machine = await build.timed('boot', () =>
      startMachine(spec, {
        tools,
        work,
        seed: build.image.name,
        readable: disk.chain.map((file) => build.store.path(file)),
        signal: build.options.signal,
        onConsole: (line) => log.line(line),
        ...options,
      }),
    )
    const { name, reason } = machine.accelerator
    build.options.report({
      type: 'info',
      text: `Runs under ${name.toUpperCase()}${reason ? `: ${reason}` : ''}; SSH after ${(machine.bootMs / 1000).toFixed(1)} s.`,
    })
    try {
      return await act(machine)
    } finally {
      await machine.stop()
    }
  } finally {
    await build.store.deleteTemporary(work)
  }
}
