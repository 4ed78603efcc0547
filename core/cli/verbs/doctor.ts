import type { Finding } from '../../doctor/check.ts'
import { checksOf, examine } from '../../doctor/doctor.ts'
import { fixText, mayRun } from '../../doctor/fix.ts'
import { type Host, thisHost } from '../../doctor/host.ts'
import { type Mended, mend } from '../../doctor/mend.ts'
import { type GlobalOptions, print } from '../common.ts'
import { style } from '../display/style.ts'
import { say } from '../output.ts'
import { interruptible } from '../session.ts'

interface Options extends GlobalOptions {
  fix?: boolean
}

const COLOURS = { ok: style.good, warning: style.warn, failed: style.bad }
const SHOWN = { ok: 'OK', warning: 'warning', failed: 'failed' }
const WIDTH = 19

/** What stands under the details. */
const below = (text: string): string => `${''.padEnd(WIDTH + 10)}${text}`

const line = ({ name, state, detail, fix }: Finding, host: Host, fixed: boolean): string[] => {
  const shown = `${COLOURS[state](SHOWN[state].padEnd(8))} ${name.padEnd(WIDTH)} ${detail}`
  if (state === 'ok' || !fix) return [shown]
  const lead = fixed && !mayRun(fix, host) ? 'run this yourself:' : '→'
  return [shown, below(`${style.dim(lead)} ${fixText(fix, host)}`)]
}

const summary = (findings: readonly Finding[], host: Host, fixed: boolean): string[] => {
  const failed = findings.filter(({ state }) => state === 'failed').map(({ name }) => name)
  const mendable = findings.filter(({ state, fix }) => state !== 'ok' && fix && mayRun(fix, host)).length
  return [
    failed.length === 0
      ? style.good('This machine can build images.')
      : `${style.bad('This machine cannot build images yet')}: ${failed.join(', ')}.`,
    ...(mendable > 0 && !fixed
      ? [`\`antidote doctor --fix\` runs ${mendable === 1 ? 'one' : mendable} of these commands.`]
      : []),
  ]
}

const mendedLines = ({ name, command, ok, message }: Mended): string[] => [
  `${ok ? style.good('done    ') : style.bad('failed  ')} ${name.padEnd(WIDTH)} ${command}`,
  ...(message ? [below(message)] : []),
]

export default (options: Options): Promise<number> =>
  interruptible(async (signal) => {
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
    print(options, { ok, checks, ...(options.fix && { fixed }) }, () =>
      [
        ...fixed.flatMap(mendedLines),
        ...findings.flatMap((finding) => line(finding, host, options.fix === true)),
        '',
        ...summary(findings, host, options.fix === true),
        '',
      ].join('\n'),
    )
    return ok ? 0 : 1
  })
