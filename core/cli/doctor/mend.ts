import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import { run } from '../../base/process/run.ts'
import type { Finding } from './check.ts'
import { fixText, mayRun, runnable } from './fix.ts'
import type { Host } from './host.ts'

/** A fix that was run. */
export interface Mended {
  name: string
  command: string
  ok: boolean
  message?: string
}

const said = (error: unknown): string =>
  [messageOf(error), ...(isAntidoteError(error) ? (error.details.lines ?? []).slice(-1) : [])].join(' ')

/** Runs the fixes that may run unasked, each command once. One that fails does not stop the others. */
export const mend = async (
  findings: readonly Finding[],
  host: Host,
  options: { signal?: AbortSignal; onLine?: (line: string) => void } = {},
): Promise<Mended[]> => {
  const mended: Mended[] = []
  const done = new Set<string>()
  for (const { name, state, fix } of findings) {
    if (state === 'ok' || !fix || !mayRun(fix, host)) continue
    const command = fixText(fix, host)
    options.onLine?.(`$ ${command}`)
    try {
      for (const argv of fix.commands) {
        options.signal?.throwIfAborted()
        const text = argv.join('\0')
        if (done.has(text)) continue
        // no signal: a package manager killed half-way leaves more to mend than it found
        await run(runnable(fix, argv, host) ?? argv, {
          env: { PATH: host.path.join(':'), DEBIAN_FRONTEND: 'noninteractive' },
          extendEnv: true,
          ...(options.onLine && { onLine: options.onLine }),
        })
        done.add(text)
      }
      mended.push({ name, command, ok: true })
    } catch (error) {
      options.signal?.throwIfAborted()
      mended.push({ name, command, ok: false, message: said(error) })
    }
  }
  return mended
}
