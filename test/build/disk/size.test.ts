import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ext4Options, measure, sized } from '../../../core/build/disk/size.ts'
import { temporary } from '../../support/directory.ts'

test('counts blocks of files and directories, and of links too long for an inode', () => {
  expect(measure('d 4096\nf 0\nf 1\nf 4096\nf 4097\nl 59\nl 60\nc 0\n')).toEqual({ files: 8, blocks: 6 })
  expect(measure('')).toEqual({ files: 0, blocks: 0 })
})

describe('the size is enough for mke2fs', () => {
  const fits = (directory: string) => {
    const listing = execFileSync('find', [directory, '-xdev', '-printf', '%y %s\\n'], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    })
    const { mib, inodes } = sized(measure(listing), 1)
    const image = join(temporary(), 'image')
    execFileSync(
      'mke2fs',
      [...ext4Options(inodes), '-O', '^resize_inode', '-d', directory, image, `${mib}M`],
      {
        env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
        stdio: 'pipe',
      },
    )
  }

  test('of nothing', () => fits(temporary()))

  test('of many small files, long links and deep directories', () => {
    const directory = temporary()
    for (let index = 0; index < 3000; index++) {
      const place = join(directory, `d${index % 50}`, `e${index % 7}`)
      mkdirSync(place, { recursive: true })
      writeFileSync(join(place, `${'n'.repeat(100)}${index}`), index % 2 ? 'x' : '')
      if (index % 5 === 0) symlinkSync(`/${'t'.repeat(100)}`, join(place, `link${index}`))
    }
    fits(directory)
  })

  test('of a few large ones', () => {
    const directory = temporary()
    for (const name of ['a', 'b'])
      writeFileSync(join(directory, name), Buffer.alloc(40 * 1024 * 1024 + 1, name))
    fits(directory)
  })
})

test('more content and more margin need more room', () => {
  const small = sized({ files: 100, blocks: 10_000 }, 0).mib
  expect(sized({ files: 100, blocks: 100_000 }, 0).mib).toBeGreaterThan(small)
  expect(sized({ files: 100_000, blocks: 10_000 }, 0).mib).toBeGreaterThan(small)
  expect(sized({ files: 100, blocks: 10_000 }, 256).mib).toBeGreaterThanOrEqual(small + 256)
})
