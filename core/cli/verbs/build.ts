import { resolve } from 'node:path'
import { copyDisk } from '../../disk/copy.ts'
import { errors } from '../../errors/catalogue.ts'
import type { BuildStage } from '../../lifecycle/stages.ts'
import { outputFile } from '../../preflight/output-file.ts'
import type { Check } from '../../preflight/preflight.ts'
import { asCaller } from '../../process/umask.ts'
import { print } from '../common.ts'
import { say } from '../output.ts'
import { formatBytes } from '../parse.ts'
import { type BuildingOptions, withBuild } from '../session.ts'

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
