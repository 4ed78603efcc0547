import { resolve } from 'node:path'
import { definePlugin, type Plugin, toolset } from 'antidote'
import { type PythonOptions, resolveOptions } from './options.ts'
import { runScript } from './run.ts'

export type { PythonOptions } from './options.ts'

const VERSION = '1'

/** Configures running endpoints with scripts: one of the image's own, and those that a lesson names. */
export const python = (given: PythonOptions = {}): Plugin => {
  const { name, script, packages } = resolveOptions(given)
  const needs = { tools: toolset(packages) }
  return definePlugin({
    name,
    version: VERSION,
    apply({ configure }) {
      if (script !== undefined)
        configure.tap({ name: 'script', inputs: { script }, files: [script], needs }, (endpoint, step) =>
          runScript(endpoint, step, resolve(step.directory, script)),
        )
      configure.tap(
        { name: 'lesson', inputs: {}, needs, configures: (named) => named?.type === 'python' },
        (endpoint, step) => runScript(endpoint, step, endpoint.configuration!.file),
      )
    },
  })
}
