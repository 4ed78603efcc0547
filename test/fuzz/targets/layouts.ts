import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../../core/base/files/digest.ts'
import { readLayout } from '../../../core/publish/oci/read-layout.ts'
import { scratch } from '../scratch.ts'
import { codes, type Target } from '../target.ts'

const directory = scratch()
const blobs = join(directory, 'blobs/sha256')

/**
 * The texts of a config, a manifest and an index, with a line between them; names in capitals stand for the digest and size of
 * the text before, so that what is wrong is not only that.
 */
const write = (input: Buffer): void => {
  rmSync(blobs, { recursive: true, force: true })
  mkdirSync(blobs, { recursive: true })
  const said = { digest: '', size: 0 }
  const fill = (text: string) =>
    text.replaceAll('DIGEST', said.digest).replaceAll('"SIZE"', String(said.size))
  const texts = input.toString('latin1').split('\n---\n')
  const index = texts.pop()!
  for (const text of texts) {
    const blob = fill(text)
    writeFileSync(join(blobs, sha256(blob)), blob)
    said.digest = `sha256:${sha256(blob)}`
    said.size = Buffer.byteLength(blob)
  }
  writeFileSync(join(directory, 'index.json'), fill(index))
}

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/layouts'),
  words: [
    '[',
    '{',
    '"annotations":',
    '"layers":',
    '"digest":"sha256:../../etc/passwd"',
    '"__proto__":',
    'DIGEST',
    '\n---\n',
    'null,',
  ],
  read: async (input) => {
    write(input)
    await readLayout(directory, 'a layout')
  },
  expects: codes(/^IMAGE_(UNREADABLE|FOREIGN)$/),
}
