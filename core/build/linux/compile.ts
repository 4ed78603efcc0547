import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import type { Tree } from '../../base/model/artifact.ts'
import { SOURCE_DATE_EPOCH } from '../../base/model/epoch.ts'
import type { Need } from '../../contract/plugin/stages.ts'
import { lostOptions } from './kernel.ts'

const SCRIPT = readFileSync(new URL('./compile/compile.sh', import.meta.url), 'utf8')

/** A distribution's kernel source, in a tree with what compiles and packs it. */
export interface KernelSource {
  /** As its distribution calls it. */
  name: string
  /** Shell: puts the source into the working directory. */
  unpack: string
  /** Shell: makes /build/`package` of the kernel that was built in the working directory. */
  pack: string
  package: string
}

/** Bytes: the source with what is made of it takes 2.5 GB, and the compilers need memory too. */
const ROOM = 4 * 1024 ** 3

/** Where a kernel is compiled: in memory, where there is room, else on disk. A tree's /tmp takes half of the memory. */
const scratch = (): string => (Math.min(process.availableMemory(), totalmem() / 2) > ROOM ? '/tmp' : '/build')

/**
 * A kernel, compiled in the `tree` that the builder makes: its package, and `vmlinux` for a start without a boot loader.
 * Shared by every image. Making it throws KERNEL_OPTION before anything is compiled where an option cannot be had.
 */
export const compiledKernel = (source: KernelSource, wanted: string, builder: Need): Need => ({
  name: 'kernel',
  version: '1',
  inputs: { wanted, script: SCRIPT, source },
  needs: { builder },
  make: (step) => {
    const tree: Tree = { kind: 'tree', key: '', layers: [step.ref('tree', 'builder')] }
    return step.visit(tree, async (guest) => {
      const files = { 'compile.sh': SCRIPT, 'unpack.sh': source.unpack, 'pack.sh': source.pack }
      for (const [name, content] of Object.entries(files)) await guest.write(`/build/${name}`, content)
      await guest.write('/build/wanted.config', wanted)
      step.log.info(`compiles ${source.name}`)
      await guest.exec(['sh', '/build/compile.sh', String(SOURCE_DATE_EPOCH), scratch()])
      const lost = lostOptions(wanted, String(await guest.read('/build/config')))
      if (lost.length > 0) throw errors.kernelOption(source.name, lost)
      for (const name of [source.package, 'vmlinux'])
        await guest.download(`/build/${name}`, join(step.out, name))
    })
  },
})
