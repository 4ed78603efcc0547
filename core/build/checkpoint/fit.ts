import type { Checkpoint } from '../../base/model/artifact.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Tools } from '../../base/process/tools.ts'
import { chooseAccelerator, kvmVerdict } from '../../machine/host/accelerator.ts'
import { hardwareDigest } from './hardware.ts'

const versions = new WeakMap<Tools, Promise<string>>()

/** QEMU's version with its package, as QMP's `query-version` puts it. */
const versionOf = (tools: Tools): Promise<string> => {
  const ask = async () => {
    const { stdout } = await tools.run(['qemu-system-x86_64', '--version'])
    const [, version, name] = /version (\S+)(?: \((.*)\))?/.exec(stdout) ?? []
    return [version, name].filter(Boolean).join(' ')
  }
  const known = versions.get(tools) ?? ask()
  versions.set(tools, known)
  return known
}

/** Why a checkpoint cannot be gone on with on this host, in words; undefined if it can. */
export const misfit = async (
  checkpoint: Checkpoint,
  spec: MachineSpec,
  tools: Tools,
): Promise<string | undefined> => {
  const { name } = await chooseAccelerator(spec.accelerator, () => kvmVerdict(tools))
  if (checkpoint.accelerator !== name)
    return `it was saved under ${checkpoint.accelerator.toUpperCase()}, and would run under ${name.toUpperCase()}`
  const version = await versionOf(tools)
  if (checkpoint.qemu !== version)
    return `it was saved by QEMU ${checkpoint.qemu}, and this is QEMU ${version}`
  return checkpoint.hardware === hardwareDigest(spec, name) ? undefined : 'it was saved with other hardware'
}
