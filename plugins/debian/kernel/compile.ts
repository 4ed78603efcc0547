import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { AntidoteError, linux, type Need, SOURCE_DATE_EPOCH, type Step, type Tree } from 'antidote'
import { type Resolved, SUITES } from '../options.ts'
import { builder } from './builder.ts'

const SCRIPT = readFileSync(new URL('./compile.sh', import.meta.url), 'utf8')

/** Bytes: the source with what is made of it takes 2.5 GB, and the compilers need memory too. */
const ROOM = 4 * 1024 ** 3

/** Where a kernel is compiled: in memory, where there is room, else on disk. A tree's /tmp takes half of the memory. */
const scratch = (): string => (Math.min(process.availableMemory(), totalmem() / 2) > ROOM ? '/tmp' : '/build')

/** A kernel that asks for what the source does not have, or for what other options rule out. */
const optionsLost = (source: string, lost: linux.Lost[]): AntidoteError => {
  const first = lost[0]!
  const others = lost.length > 1 ? ` (and ${lost.length - 1} more)` : ''
  return new AntidoteError(
    'KERNEL_OPTION',
    `The kernel option ${first.name}=${first.wanted} cannot be had: ${source} makes it ${first.got}${others}.`,
    {
      lines: lost.slice(1, 15).map(({ name, wanted, got }) => `${name}: asked for ${wanted}, got ${got}`),
      hint: `Ask for what ${first.name} depends on as well, or leave it out.`,
    },
  )
}

/** The compiled kernel: linux-image.deb, and vmlinux for a start without a boot loader. Shared by every image. */
export const compiled = (options: Resolved): Need => {
  const { source, kernel } = SUITES[options.suite]
  const wanted = linux.kernelFragments(kernel, options.kernelOptions)
  return {
    name: 'kernel',
    version: '1',
    inputs: { wanted, script: SCRIPT },
    needs: { builder: builder(options) },
    make: async (step: Step) => {
      const tree: Tree = { kind: 'tree', key: '', layers: [step.ref('tree', 'builder')] }
      await step.visit(tree, async (guest) => {
        await guest.write('/build/compile.sh', SCRIPT)
        await guest.write('/build/wanted.config', wanted)
        step.log.info(`compiles ${source}`)
        await guest.exec(['sh', '/build/compile.sh', String(SOURCE_DATE_EPOCH), scratch()])
        const lost = linux.lostOptions(wanted, String(await guest.read('/build/config')))
        if (lost.length > 0) throw optionsLost(source, lost)
        for (const name of ['linux-image.deb', 'vmlinux'])
          await guest.download(`/build/${name}`, join(step.out, name))
      })
    },
  }
}
