import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readLesson } from '../../../core/lesson/lesson.ts'
import { readStage } from '../../../core/lesson/stage.ts'
import { scratch, YAML } from '../scratch.ts'
import { codes, type Target } from '../target.ts'

const directory = scratch({
  'lesson.meta.yaml': 'endpoints: [{ name: a, image: b }]',
  'stage0/configs/motd': 'welcome',
})
const lesson = await readLesson(directory)

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/guest'),
  words: [
    ...YAML,
    'from: motd\n',
    'from: ../../../etc/passwd\n',
    'from: /etc/passwd\n',
    'to: /etc/motd\n',
    'mode: "0644"\n',
  ],
  read: async (input) => {
    writeFileSync(join(directory, 'stage0/configs/a.guest.yaml'), input)
    await readStage(lesson, 0)
  },
  expects: codes(/^(LESSON|FILE)_/),
}
