import { withBuild } from '../../core/cli/session.ts'
import { specify } from '../../core/lifecycle/boot.ts'
import type { MachineSpec } from '../../core/machine/spec.ts'
import type { Tools } from '../../core/machine/tools.ts'

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
