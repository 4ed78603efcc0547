import { runTests, type TestReport } from '../../build/run-tests.ts'
import { formatTime } from '../arguments/parse.ts'
import { print } from '../session/common.ts'
import { type BuildingOptions, withBuild } from '../session/with-build.ts'
import { style } from '../terminal/style.ts'

/** A report as people read it: test, plugin, time; what failed is said whole. */
export const testTable = ({ tests, passed, failed }: TestReport): string => {
  const names = Math.max(...tests.map(({ name }) => name.length))
  const plugins = Math.max(...tests.map(({ plugin }) => plugin.length))
  const lines = tests.flatMap(({ name, plugin, ok, ms, message, lines = [] }) => [
    ` ${ok ? style.good('✔') : style.bad('✘')} ${name.padEnd(names)}  ${style.dim(plugin.padEnd(plugins))}  ${style.dim(formatTime(ms).padStart(8))}`,
    ...(message ? [`   ${message}`] : []),
    ...lines.map((line) => style.dim(`    │ ${line}`)),
  ])
  return `${lines.join('\n')}\n${passed} passed, ${failed} failed\n`
}

export default (options: BuildingOptions): Promise<number> =>
  withBuild(options, 'test', async ({ build, quiet }) => {
    const report = await runTests(build)
    quiet()
    print(options, report, () => testTable(report))
    return report.failed === 0 ? 0 : 1
  })
