import { resolve } from 'node:path'
import type { ImageConfig } from '../../contract/config/schema.ts'
import { definePlugin, type Plugin, type PluginHooks } from '../../contract/plugin/plugin.ts'
import { runScript } from '../testing/script.ts'
import { type MachineTest, standardTests } from '../testing/standard.ts'
import { CORE_VERSION } from './version.ts'

const add = (test: PluginHooks['test'], list: readonly MachineTest[]): void => {
  for (const { name, run, when } of list)
    test.tap({ name, inputs: {}, ...(when && { when }) }, (machine) => run(machine))
}

/** What every image must pass. */
export const standard = (): Plugin =>
  definePlugin({
    name: 'antidote',
    version: CORE_VERSION,
    apply({ test }) {
      add(test, standardTests.open)
    },
  })

/** The image's own script, then the tests after which there is no machine left. */
export const tests = ({ test: script }: ImageConfig): Plugin =>
  definePlugin({
    name: 'antidote',
    version: CORE_VERSION,
    apply({ test }) {
      if (script) {
        test.tap({ name: script, inputs: {}, files: [script] }, (machine, step) =>
          runScript(machine.guest, resolve(step.directory, script), {
            onLine: (line) => step.log.line(line),
          }),
        )
      }
      add(test, standardTests.close)
    },
  })
