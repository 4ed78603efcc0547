import { expect, test } from 'vitest'
import { explainIssue } from '../../../core/base/validation/explain-issue.ts'
import { imageSchema } from '../../../core/contract/config/schema.ts'

test.each(['yesterday', '2026-13-01', '', 7])(
  'a date that is none says how one is written: %j',
  (created) => {
    const { error } = imageSchema.safeParse({ name: 'x', use: [], created })
    expect(error!.issues.map((issue) => explainIssue(issue, created))).toEqual([
      `must be a date like "2026-11-30" or "2026-11-30T12:00:00Z"; it is ${JSON.stringify(created)}.`,
    ])
  },
)

test('no value of a setting is called an invalid input', () => {
  const values = [null, 7, -1, 1.5, 'x y', '', true, {}, [], ['x'], [7], { x: 1 }]
  const told = Object.keys(imageSchema.shape).flatMap((setting) =>
    values.flatMap((value) => {
      const { error } = imageSchema.safeParse({ name: 'x', use: [], [setting]: value })
      return (error?.issues ?? []).map((issue) => `${setting} ${explainIssue(issue, value)}`)
    }),
  )
  expect(told.length).toBeGreaterThan(100)
  expect(told.filter((text) => /invalid|expected/i.test(text))).toEqual([])
})
