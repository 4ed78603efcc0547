import { join } from 'node:path'
import { manifestSums, namesOf, ovfDisks } from '../../../core/build/disk/import/ovf.ts'
import { holds, type Target } from '../target.ts'

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/ovf'),
  words: [
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '<File ',
    '<Disk ',
    ' ovf:id="',
    ' ovf:fileRef="',
    ' ovf:diskId="',
    ' ovf:href="',
    '&#x0;',
    '&#1114112;',
    '&amp;',
    'SHA256(a)= ',
    '%zz',
    '__proto__',
  ],
  read: (input) => {
    const text = input.toString()
    for (const { id, file } of ovfDisks(text)) {
      holds(typeof id === 'string', 'a disk has no id')
      if (file !== undefined) namesOf(file)
    }
    for (const { sum } of manifestSums(text)) holds(/^[0-9a-f]+$/.test(sum), 'a sum is no number')
  },
}
