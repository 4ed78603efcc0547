import type { MachineSpec } from '../../core/base/model/machine-spec.ts'
import type { Tools } from '../../core/base/process/tools.ts'
import { specify } from '../../core/build/boot.ts'
import { withBuild } from '../../core/cli/session/with-build.ts'

/** A machine that a build made, and what it takes to start it. */
export interface BuiltMachine {
  spec: MachineSpec
  tools: Tools
  readable: string[]
}

/** Builds this repository's own image, or takes it from the store. */
export const builtMachine = (): Promise<BuiltMachine> =>
  withBuild({ json: true }, 'boot', async ({ build, store }) => {
    const { disk, spec } = await specify(build)
    return { spec, tools: await build.maker.toolbox(), readable: disk.chain.map((file) => store.path(file)) }
  })
