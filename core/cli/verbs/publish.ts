import { join, resolve } from 'node:path'
import { packImage } from '../../lifecycle/publish.ts'
import { passedTests, runTests } from '../../lifecycle/testing.ts'
import { loadImage } from '../../oci/load.ts'
import { pushImage } from '../../oci/push.ts'
import { parseReference } from '../../oci/reference.ts'
import { print } from '../common.ts'
import { formatBytes } from '../parse.ts'
import { type BuildingOptions, type Session, withBuild } from '../session.ts'
import { testTable } from './test.ts'

interface Options extends BuildingOptions {
  tag?: string[]
  output?: string
  load?: boolean
  to?: string
  insecure?: boolean
  test?: boolean
}

/** Runs the tests unless they passed on this very machine before. True if they passed. */
const tested = async ({ build, report, quiet }: Session, options: Options): Promise<boolean> => {
  if (options.test === false) return true
  const passed = options.cache === false || options.from ? undefined : await passedTests(build)
  if (passed) {
    report({ type: 'info', text: `${passed.passed} tests passed on this machine before.` })
    return true
  }
  const result = await runTests(build)
  if (result.failed === 0) return true
  quiet()
  process.stderr.write(testTable(result))
  return false
}

export default (options: Options): Promise<number> => {
  for (const name of [...(options.tag ?? []), ...(options.to ? [options.to] : [])]) parseReference(name)
  return withBuild(options, 'publish', async (session) => {
    const { image, store, build, report, signal, quiet } = session
    if (!(await tested(session, options))) return 1
    const tags = options.tag ?? [`${image.name}:latest`]
    const directory = options.output ? resolve(options.output) : join(store.directory, 'layouts', image.name)
    const { layout, engines, pushed } = await build.timed('publish', async () => {
      const layout = await packImage(build, directory, tags)
      await build.lifecycle.hooks.publish.promise(layout, build)
      const toolbox = await build.maker.toolbox()
      const onLine = (text: string) => report({ type: 'line', text })
      const reach = { run: toolbox.run.bind(toolbox), signal, onLine }
      const engines = options.load ? await loadImage(layout, reach) : []
      const pushing = { ...reach, ...(options.insecure && { insecure: true }) }
      const pushed = options.to ? await pushImage(layout, options.to, pushing) : undefined
      return { layout, engines, pushed }
    })
    quiet()
    const refs = [...layout.refs, ...(pushed ? [pushed] : [])]
    const { manifestDigest: digest, layers } = layout
    print(options, { image: image.name, refs, digest, layout: directory, layers }, () => {
      const total = layers.reduce((sum, { bytes }) => sum + bytes, 0)
      const lines = [
        `${image.name}: ${formatBytes(total)} in ${layers.length} layers, ${digest}`,
        ...layers.map(({ role, bytes }) => `  ${role.padEnd(8)} ${formatBytes(bytes).padStart(8)}`),
        `layout ${directory}`,
        ...(pushed ? [`pushed ${pushed}`] : []),
        ...engines.map((engine) => `loaded into ${engine}: ${tags.join(', ')}`),
        ...(engines[0]
          ? ['', 'Run it and log in:', ...runLines(engines[0], image.name, tags[0]!, layout.user)]
          : []),
      ]
      return `${lines.join('\n')}\n`
    })
    return 0
  })
}

const runLines = (engine: string, name: string, tag: string, user: string): string[] => [
  `  ${engine} run -d --name ${name} -p 127.0.0.1:2222:22 ${tag}`,
  `  ssh -p 2222 ${user}@127.0.0.1`,
]
