import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findLesson } from '../../core/launcher/lesson.ts'
import { scratch } from '../oci/help.ts'

test('a directory is the lesson', async () => {
  const directory = scratch()
  expect(await findLesson(directory)).toEqual({ directory, readOnly: false })
})

test('nothing, or a file, is none', async () => {
  const file = join(scratch(), 'file')
  writeFileSync(file, '')
  expect(await findLesson('/nowhere')).toBeUndefined()
  expect(await findLesson(file)).toBeUndefined()
})
