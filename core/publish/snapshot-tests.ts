import { mkdtemp } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import type { Disk } from '../base/model/artifact.ts'
import type { MachineSpec } from '../base/model/machine-spec.ts'
import type { Build } from '../build/build.ts'
import {
  failures,
  passedTests,
  reportOf,
  TestDriver,
  type TestReport,
  type TestsWanted,
  withLesson,
} from '../build/run-tests.ts'
import { standardTests } from '../build/testing/standard.ts'
import type { Tap } from '../contract/plugin/stages.ts'
import { newIdentity } from '../machine/channel/identity.ts'
import { macAddress } from '../machine/qemu/mac-address.ts'
import { overlaysOf } from '../machine/qemu/overlay.ts'
import { startRestored } from '../machine/snapshot/proof/restored-machine.ts'
import { readRecord } from '../machine/snapshot/record.ts'
import type { SavedFiles } from './oci/machine-layers.ts'

/** Tests after which there is no machine left, or which boot another. */
const LAST = new Set(standardTests.close.map(({ name }) => name))
const isLast = ({ plugin, name }: Pick<Tap, 'plugin' | 'name'>): boolean =>
  plugin === 'antidote' && LAST.has(name)

/** Restores a saved machine from the store and runs the tests on it. Throws SNAPSHOT_UNPROVEN where it does not come back. */
const testRestored = async (
  build: Build,
  disk: Disk,
  spec: MachineSpec,
  { accelerator, sha256, files }: SavedFiles,
): Promise<TestReport> => {
  const { store, image, maker, lifecycle } = build
  const { signal, report } = build.options
  const directory = dirname(store.path(files[0]!))
  const found = await readRecord({ directory, sha256 })
  if ('problem' in found) throw errors.snapshotUnproven(image.name, found.problem)
  const { record } = found
  const work = await mkdtemp(join(store.directory, 'tmp', 'restored-'))
  const driver = new TestDriver(build, (tap) => !isLast(tap))
  try {
    await withLesson(store, async (lesson) => {
      const { machine, restoredMs } = await startRestored(
        record,
        { ...overlaysOf(spec, directory), accelerator },
        {
          macs: record.sentinels.map((_, slot) => macAddress(`${image.name}@restored`, slot)),
          work,
          identity: spec.channel ? newIdentity() : undefined,
          ...(spec.lesson && { lesson: { directory: lesson, readOnly: true } }),
        },
        {
          directory,
          tools: await maker.toolbox(),
          readable: [...disk.chain.map((file) => store.path(file)), ...spec.disks.map(({ path }) => path)],
          signal,
          seed: image.name,
        },
      )
      report({
        type: 'info',
        text: `Restored under ${accelerator.toUpperCase()} in ${restoredMs} ms; its tests run.`,
      })
      try {
        await lifecycle.hooks.test.promise(machine, driver)
      } finally {
        await machine.stop()
      }
    })
  } finally {
    await store.deleteTemporary(work)
  }
  return reportOf(build, driver, sha256)
}

const namesOf = ({ tests }: TestReport): string[] => tests.map(({ plugin, name }) => `${plugin} › ${name}`)

/**
 * Runs the image's own tests on each of its saved machines as well, but for those that switch a machine off, and gives
 * the machines with what passed. Throws SNAPSHOT_TESTS. The tests have passed on the booted machine before.
 */
export const testSnapshots = async (
  build: Build,
  disk: Disk,
  spec: MachineSpec,
  saved: readonly SavedFiles[],
  wanted: TestsWanted,
): Promise<SavedFiles[]> => {
  if (wanted === 'never') return [...saved]
  const booted = await passedTests(build)
  const tested: SavedFiles[] = []
  for (const one of saved) {
    const known = wanted === 'once' ? await passedTests(build, one.sha256) : undefined
    const report = known ?? (await testRestored(build, disk, spec, one))
    if (report.failed > 0) {
      const { image, failed, tests } = report
      throw errors.snapshotTests(image, one.accelerator, failed, tests.length, failures(report))
    }
    tested.push({ ...one, tests: { booted: booted ? namesOf(booted) : [], restored: namesOf(report) } })
  }
  return tested
}
