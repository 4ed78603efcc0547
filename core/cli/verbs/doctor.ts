import type { Finding } from '../doctor/check.ts'
import { checksOf, examine } from '../doctor/doctor.ts'
import { fixText, mayRun } from '../doctor/fix.ts'
import { type Host, thisHost } from '../doctor/host.ts'
import { type Mended, mend } from '../doctor/mend.ts'
import { type GlobalOptions, print } from '../session/common.ts'
import { interruptible, showingCommands } from '../session/with-build.ts'
import { say } from '../terminal/output.ts'
import { style } from '../terminal/style.ts'
import { hanging, terminalWidth, wrap } from '../terminal/wrap.ts'

interface Options extends GlobalOptions {
  fix?: boolean
}

const COLOURS = { ok: style.good, warning: style.warn, failed: style.bad }
const SHOWN = { ok: 'OK', warning: 'warning', failed: 'failed' }
const WIDTH = 19

/** The columns before a detail. */
const lead = (state: string, name: string): string => `${state} ${name.padEnd(WIDTH)} `

/** A command below a fault. It is not broken, so that it can be copied; in a narrow terminal it begins further left. */
const below = (text: string, width: number): string => `${' '.repeat(width < 80 ? 4 : WIDTH + 10)}${text}`

/** One check as people read it, in so many columns. */
export const findingLines = (
  { name, state, detail, fix }: Finding,
  host: Host,
  fixed: boolean,
  width: number,
): string[] => {
  const shown = hanging(lead(COLOURS[state](SHOWN[state].padEnd(8)), name), detail, width)
  if (state === 'ok' || !fix) return shown
  const arrow = fixed && !mayRun(fix, host) ? 'run this yourself:' : '→'
  return [...shown, below(`${style.dim(arrow)} ${fixText(fix, host)}`, width)]
}

const summary = (findings: readonly Finding[], host: Host, fixed: boolean, width: number): string[] => {
  const failed = findings.filter(({ state }) => state === 'failed').map(({ name }) => name)
  const mendable = findings.filter(({ state, fix }) => state !== 'ok' && fix && mayRun(fix, host)).length
  return [
    ...wrap(
      failed.length === 0
        ? style.good('This machine can build images.')
        : `${style.bad('This machine cannot build images yet')}: ${failed.join(', ')}.`,
      width,
    ),
    ...(mendable > 0 && !fixed
      ? [`\`antidote doctor --fix\` runs ${mendable === 1 ? 'one' : mendable} of these commands.`]
      : []),
  ]
}

const mendedLines = ({ name, command, ok, message }: Mended, width: number): string[] => [
  `${lead(ok ? style.good('done    ') : style.bad('failed  '), name)}${command}`,
  ...(message ? hanging(' '.repeat(width < 80 ? 4 : WIDTH + 10), message, width) : []),
]

export default (options: Options): Promise<number> =>
  interruptible((signal) =>
    showingCommands(options, async () => {
      const host = thisHost(signal)
      let findings = await examine(checksOf(host))
      let fixed: Mended[] = []
      if (options.fix) {
        fixed = await mend(findings, host, { signal, onLine: (text) => say(`${text}\n`) })
        if (fixed.length > 0) findings = await examine(checksOf(host))
      }
      const ok = findings.every(({ state }) => state !== 'failed')
      const checks = findings.map(({ name, ok, essential, detail, fix }) => ({
        name,
        ok,
        detail,
        essential,
        ...(!ok && fix && { fix: fixText(fix, host) }),
      }))
      const width = terminalWidth()
      const again = options.fix === true
      print(options, { ok, checks, ...(options.fix && { fixed }) }, () =>
        [
          ...fixed.flatMap((one) => mendedLines(one, width)),
          ...findings.flatMap((finding) => findingLines(finding, host, again, width)),
          '',
          ...summary(findings, host, again, width),
          '',
        ].join('\n'),
      )
      return ok ? 0 : 1
    }),
  )
