import { copyFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { BuildStage } from '../../lifecycle/stages.ts'
import { print } from '../common.ts'
import { formatBytes } from '../parse.ts'
import { type BuildingOptions, withBuild } from '../session.ts'

interface Options extends BuildingOptions {
  until: BuildStage
  output?: string
}

export default (options: Options): Promise<number> =>
  withBuild(options, options.until, async ({ image, store, build, quiet }) => {
    const artifact = await build.artifact(options.until)
    const record = await store.record(artifact.key)
    const top =
      artifact.kind === 'disk' ? store.path(artifact.chain.at(-1)!) : store.entryDirectory(artifact.key)
    if (options.output && artifact.kind === 'disk') await copyFile(top, resolve(options.output))
    quiet()
    const { kind, key } = artifact
    const path = options.output ? resolve(options.output) : top
    const data = {
      image: image.name,
      artifact: { kind, key, digest: `sha256:${record?.digest}`, path, bytes: record?.bytes },
      stages: build.times,
    }
    print(options, data, () => `${image.name}: a ${kind} of ${formatBytes(record?.bytes ?? 0)}\n${path}\n`)
    return 0
  })
