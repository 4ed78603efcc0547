import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Need } from '../../core/contract/plugin/stages.ts'
import { gate } from '../support/gate.ts'
import { buildOf, imageOf, newStore, plugin, stepsOf } from '../support/image.ts'

describe('what later steps need is made while earlier ones run', () => {
  /** A bootstrap, and a kernel that needs `make`. */
  const image = (bootstrapped: () => Promise<void>, make: Need['make']) =>
    imageOf([
      plugin(({ bootstrap, kernel }) => {
        bootstrap.tap('disk', async (_, step) => {
          await bootstrapped()
          writeFileSync(join(step.out, 'disk'), 'x')
          return { kind: 'disk', chain: [step.ref('disk')] }
        })
        kernel.tap(
          { name: 'kernel', needs: { compiled: { name: 'compiled', version: '1', inputs: null, make } } },
          (subject) => subject,
        )
      }),
    ])

  test('each waits for the other to begin, and both are made once', async () => {
    const begun = { bootstrap: gate(), kernel: gate() }
    const made: string[] = []
    const { build } = await buildOf(
      image(
        async () => {
          begun.bootstrap.resolve()
          await begun.kernel.promise
          made.push('bootstrap')
        },
        async () => {
          begun.kernel.resolve()
          await begun.bootstrap.promise
          made.push('kernel')
        },
      ),
      await newStore(),
      { noCache: true },
    )
    await build.artifact('kernel')
    expect(made.sort()).toEqual(['bootstrap', 'kernel'])
  })

  test('a failure is that of the step which needs it', async () => {
    const { build, events } = await buildOf(
      image(
        async () => {},
        async () => {
          throw new Error('does not compile')
        },
      ),
      await newStore(),
    )
    await expect(build.artifact()).rejects.toThrow('does not compile')
    expect(stepsOf(events)).toContain('test disk: done')
    expect(stepsOf(events)).toContain('test kernel: failed')
  })

  test('a bootstrap that fails ends it, and nothing is left', async () => {
    const begun = gate()
    const { build, store } = await buildOf(
      image(
        async () => {
          await begun.promise
          throw new Error('no mirror')
        },
        async (step) => {
          begun.resolve()
          await new Promise((_, reject) => {
            step.signal.addEventListener('abort', () => reject(step.signal.reason))
          })
        },
      ),
      await newStore(),
    )
    await expect(build.artifact()).rejects.toThrow('no mirror')
    expect(readdirSync(join(store.directory, 'tmp'))).toEqual([])
  })
})
