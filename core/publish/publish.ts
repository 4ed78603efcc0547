import type { Layout } from '../base/model/layout.ts'
import { specify } from '../build/boot.ts'
import type { Build } from '../build/build.ts'
import { KNOWN_PASSWORD } from '../build/first-machine.ts'
import { proveTested, type TestsWanted } from '../build/run-tests.ts'
import type { Toolbox } from '../store/toolbox/toolbox.ts'
import { alone } from './layout-lock.ts'
import { writeArchive } from './oci/archive.ts'
import { writeDockerfile } from './oci/dockerfile.ts'
import { askEngines, type Engine, standingInEngine } from './oci/engines.ts'
import { loadImage } from './oci/load.ts'
import { type Standing, standingInLayout } from './oci/manifest.ts'
import { pushImage } from './oci/push.ts'
import { checkLayout } from './oci/read-layout.ts'
import { standingInRegistry } from './oci/registry.ts'
import { packImage } from './pack.ts'
import { checkSnapshots } from './snapshot.ts'
import { refuseVendor, wantSeparate } from './vendor-disk.ts'

/** Where an image is to be published, and under which names. */
export interface Publication {
  /** The layout's directory. */
  directory: string
  /** Names with tags; the first is the layout's own. */
  refs: readonly string[]
  /** The version that a name gives it. */
  version?: string | undefined
  /** Load it into the container engines of the host. */
  load?: boolean | undefined
  /** Write it there as a file that engines load. */
  archive?: string | undefined
  /** Push it there: registry, path and tag. */
  to?: string | undefined
  /** Reach the registry without TLS. */
  insecure?: boolean | undefined
  /** Write a build context there. */
  dockerfile?: string | undefined
  /** Push a vendor's bits, too. */
  redistribute?: boolean | undefined
  /** Leave the vendor's disk out, and with it what was saved of the machine. */
  withoutVendorDisk?: boolean | undefined
  tests: TestsWanted
}

/** What was published, and where it is now. */
export interface Published {
  layout: Layout
  engines: Engine[]
  /** The reference in the registry. */
  pushed?: string
  /** What its user logs in with, where that is the password which everybody knows. */
  password?: string
}

/**
 * Builds, tests and packs an image, then loads and pushes it as asked. Throws
 * TESTS_FAILED before anything is packed, and before that what keeps the machine from being saved; VENDOR_BITS,
 * VENDOR_NONE and VENDOR_MIXED as soon as the disk is there.
 */
export const publishImage = async (build: Build, publication: Publication): Promise<Published> => {
  const { directory, refs, load, archive, to, insecure, dockerfile } = publication
  const { version, redistribute, withoutVendorDisk, tests } = publication
  const { report, signal } = build.options
  if (withoutVendorDisk) wantSeparate(build)
  else if (to && !redistribute) refuseVendor(build, to)
  if (!withoutVendorDisk) await checkSnapshots(build)
  if (tests !== 'never') await proveTested(build, tests === 'once')
  const publish = async (): Promise<Published> => {
    const layout = await packImage(build, directory, refs, { tests, version, withoutVendorDisk })
    await build.lifecycle.hooks.publish.promise(layout, build)
    const toolbox = await build.maker.toolbox()
    const onLine = (text: string) => report({ type: 'line', text })
    const reach = { run: toolbox.run.bind(toolbox), signal, onLine }
    if (dockerfile) await writeDockerfile(layout, dockerfile, reach)
    if (archive || load || to) await checkLayout(layout, signal)
    if (archive) await writeArchive(layout, archive, reach)
    const engines = load ? await loadImage(layout, { ...reach, archive }) : []
    const pushing = { ...reach, redistribute, ...(insecure && { insecure }) }
    const pushed = to && (await pushImage(layout, to, pushing))
    const { login } = (await specify(build)).spec
    const known = login.password === KNOWN_PASSWORD && { password: login.password }
    return { layout, engines, ...(pushed && { pushed }), ...known }
  }
  return build.timed('publish', () => alone(build.store, directory, build.options, publish))
}

/**
 * What stands in every place of a publication, if that was made from what `key` says; undefined if any of them lacks
 * it. The truth is in the registry and the engines where the image goes there, else in the layout.
 */
export const alreadyPublished = async (
  key: string,
  { directory, refs, load, to, insecure }: Publication,
  { toolbox, signal }: { toolbox: () => Promise<Toolbox>; signal: AbortSignal },
): Promise<Standing | undefined> => {
  const found: (Standing | undefined)[] = []
  if (to) {
    const tools = await toolbox()
    const reach = { run: tools.run.bind(tools), signal, ...(insecure && { insecure }) }
    found.push(await standingInRegistry(to, reach))
  }
  if (load)
    for (const engine of (await askEngines(undefined, signal)).usable)
      for (const ref of refs) found.push(await standingInEngine(engine, ref, undefined, signal))
  if (!to && !load) found.push(await standingInLayout(directory, refs[0]!, signal))
  return found.every((standing) => standing?.key === key) ? found[0] : undefined
}
