import { errors } from '../../base/errors/catalogue.ts'
import type { DirectBoot, Tree } from '../../base/model/artifact.ts'
import type { Secret } from '../../base/model/secret.ts'
import type { PluginHooks } from '../../contract/plugin/plugin.ts'
import type { Step } from '../../contract/plugin/step.ts'
import type { Guest } from '../../machine/guest/guest.ts'
import { cleanScript } from './clean.ts'
import { machineOf, type Settled } from './machine.ts'

/** What a distribution's plugin says of a machine from scratch, beside how its packages are installed. */
export interface Distribution {
  options: Settled<{ user: string; password: string | Secret; kernel: 'distro' | 'minimal' }>
  /** The root file system, made by `applySettings` and what only this distribution needs. */
  settings: { inputs: unknown; make(tree: Tree, step: Step): Promise<Tree> }
  /** A shell script: takes away what its packages leave that differs from one build to the next. */
  clean: string
  packages?: {
    /** A shell script: prints the name of each package that is only half installed, a line each. */
    unfinished: string
    /** What the author runs to finish them. */
    finish: string
  }
}

/**
 * The taps of every distribution after that of its kernel: `settings`, `clean` and `login`. To clean throws
 * PACKAGES_UNFINISHED before anything is taken away.
 */
export const tapMachine = (
  hooks: PluginHooks,
  { options, settings, clean, packages }: Distribution,
): void => {
  const { user, password, hostname, kernel } = options
  hooks.rootfs.tap({ name: 'settings', inputs: settings.inputs }, settings.make)
  const script = `${cleanScript}\n${clean}`
  const unfinished = packages?.unfinished ?? ':'
  hooks.qcow2.tap({ name: 'clean', inputs: { unfinished, script } }, async (artifact, step) => {
    if (artifact.kind !== 'tree') return artifact
    return step.edit(artifact, async (guest) => {
      // a script can end with 0 after its package manager was killed
      const { stdout } = await guest.exec(['sh', '-c', unfinished], { onLine: () => {} })
      const names = stdout.split('\n').filter(Boolean)
      if (names.length > 0) throw errors.packagesUnfinished(names, packages!.finish)
      await guest.exec(['sh', '-c', script])
    })
  })
  hooks.boot.tap({ name: 'login', inputs: { user, password, hostname, kernel } }, (spec) =>
    // kernels for clouds and those of enterprises are built without 9p
    machineOf(spec, { user, password, hostname, lesson: kernel === 'minimal' }),
  )
}

/** A tree with a kernel: `install` puts it there, and gives how QEMU starts it. */
export const editKernel = async (
  tree: Tree,
  step: Step,
  install: (guest: Guest) => Promise<DirectBoot>,
): Promise<Tree> => {
  let boot: DirectBoot | undefined
  const next = await step.edit(tree, async (guest) => {
    boot = await install(guest)
  })
  return { ...next, ...(boot && { boot }) }
}
