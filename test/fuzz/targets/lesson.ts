import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readLesson } from '../../../core/lesson/lesson.ts'
import { readStage } from '../../../core/lesson/stage.ts'
import { scratch, YAML } from '../scratch.ts'
import { codes, type Target } from '../target.ts'

const lesson = scratch({ 'stage0/configs/a.yml': '', 'stage0/configs/b.py': '' })

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/lesson'),
  words: YAML,
  read: async (input) => {
    writeFileSync(join(lesson, 'lesson.meta.yaml'), input)
    await readStage(await readLesson(lesson), 0)
  },
  expects: codes(/^(LESSON|FILE)_/),
}
