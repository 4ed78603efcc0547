import { basename, resolve } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { unusualModes } from '../../base/files/mode.ts'
import type { FileConfig, ImageConfig } from '../../contract/config/schema.ts'
import { definePlugin, type Plugin } from '../../contract/plugin/plugin.ts'
import type { Step } from '../../contract/plugin/step.ts'
import type { Guest } from '../../machine/guest/guest.ts'
import { scriptHint } from '../../machine/guest/script-hint.ts'
import { CORE_VERSION } from './version.ts'

/** The modes that files are copied with, as far as a key must know them; undefined where all are as git has them. */
export const keptModes = (
  directory: string,
  files: readonly FileConfig[],
): Record<string, string> | undefined => {
  const found = files.flatMap(({ from, to, mode }) => {
    const modes = unusualModes(resolve(directory, from), mode === undefined)
    return modes === undefined ? [] : [[to, modes]]
  })
  return found.length > 0 ? Object.fromEntries(found) : undefined
}

/** Copies the files of the config into the guest. */
export const files = ({ files }: ImageConfig): Plugin =>
  definePlugin({
    name: 'antidote',
    version: CORE_VERSION,
    apply({ provision }, { directory }) {
      if (files.length === 0) return
      const modes = keptModes(directory, files)
      provision.tap(
        { name: 'files', inputs: { files, ...(modes && { modes }) }, files: files.map(({ from }) => from) },
        async (tree, step) => {
          return step.edit(tree, async (guest) => {
            for (const file of files) await place(step, guest, file)
          })
        },
      )
    },
  })

const place = async (step: Step, guest: Guest, { from, to, mode, owner }: FileConfig): Promise<void> => {
  // like cp: a target that ends in a slash is a directory to put the file in
  const target = to.endsWith('/') ? `${to}${basename(from)}` : to
  step.log.info(`${from} → ${target}`)
  await guest.upload(resolve(step.directory, from), target, {
    keepModes: true,
    ...(mode && { mode: Number.parseInt(mode, 8) }),
    ...(owner && { owner }),
  })
}

/** Runs scripts of the image as root in the guest, with network. */
export const scripts = (name: 'pre' | 'install' | 'post', paths: readonly string[]): Plugin =>
  definePlugin({
    name: 'antidote',
    version: CORE_VERSION,
    apply({ provision }, image) {
      for (const path of paths) {
        const tap = name === 'install' ? path : `${name} ${path}`
        provision.tap({ name: tap, inputs: { image: image.name }, files: [path] }, (tree, step) =>
          step.edit(tree, (guest) => runScript(step, guest, path, image.name)),
        )
      }
    },
  })

/** Runs one of them. Throws SCRIPT_FAILED with its last lines. */
export const runScript = async (step: Step, guest: Guest, path: string, image: string): Promise<void> => {
  const inside = `/var/tmp/antidote-${basename(path)}`
  await guest.upload(resolve(step.directory, path), inside, { mode: 0o755 })
  const result = await guest.exec([inside], {
    root: true,
    allowFailure: true,
    endOnly: true,
    mayRestart: true,
    env: { ANTIDOTE_IMAGE: image },
    onLine: (line) => step.log.line(line),
  })
  if (result.restarted) step.log.info('the machine was restarted by it, and answers again')
  await guest.exec(['rm', '-f', '--', inside], { root: true })
  if (result.code !== 0) {
    const lines = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '')
    const hint = await scriptHint(guest, resolve(step.directory, path), result.code)
    throw errors.scriptFailed(path, result.code, lines.slice(-15), hint)
  }
}
