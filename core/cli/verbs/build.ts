import { resolve } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { asCaller } from '../../base/process/umask.ts'
import { copyDisk } from '../../build/disk/copy.ts'
import type { BuildStage } from '../../contract/plugin/stages.ts'
import { formatBytes } from '../arguments/parse.ts'
import { outputFile } from '../preflight/output-file.ts'
import type { Check } from '../preflight/preflight.ts'
import { print } from '../session/common.ts'
import { type BuildingOptions, withBuild } from '../session/with-build.ts'
import { say } from '../terminal/output.ts'

interface Options extends BuildingOptions {
  until: BuildStage
  output?: string
}

export default (options: Options): Promise<number> =>
  withBuild(
    { ...options, ahead: () => needs(options) },
    options.until,
    async ({ image, store, build, signal, quiet }) => {
      const artifact = await build.artifact(options.until)
      const record = await store.record(artifact.key)
      const top =
        artifact.kind === 'disk' ? store.path(artifact.chain.at(-1)!) : store.entryDirectory(artifact.key)
      if (options.output) {
        if (artifact.kind !== 'disk') throw errors.diskNone(options.until)
        if (artifact.checkpoint) throw errors.diskRunning(options.until)
        const place = { path: store.path.bind(store), tools: () => build.maker.toolbox(), signal }
        const output = resolve(options.output)
        await asCaller([output], () => copyDisk(artifact, output, place))
      }
      quiet()
      const { kind, key } = artifact
      const path = options.output ? resolve(options.output) : top
      const data = {
        image: image.name,
        artifact: { kind, key, digest: `sha256:${record?.digest}`, path, bytes: record?.bytes },
        stages: build.times,
      }
      // standard output is the path alone, for $(antidote build)
      if (!options.json) say(`${image.name}: a ${kind} of ${formatBytes(record?.bytes ?? 0)}\n`)
      print(options, data, () => `${path}\n`)
      return 0
    },
  )

/** What the disk needs when it is built. */
const needs = ({ output }: Options): Check[] => (output ? [outputFile('--output', resolve(output))] : [])
