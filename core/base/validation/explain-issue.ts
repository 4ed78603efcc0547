import type { z } from 'zod'

const NAMES: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a string',
}

/** A value as a message names it: short, and nothing from inside it. */
export const describeValue = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value)
  if (Array.isArray(value)) return 'a list'
  if (value === null || typeof value === 'undefined') return String(value)
  if (typeof value === 'object') return 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}

const expected = (issue: z.core.$ZodIssue): string => {
  // the schema says it itself
  if (issue.message.startsWith('must ')) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${NAMES[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`
    case 'too_big':
      return `must be at most ${issue.maximum}`
    default:
      return issue.message
  }
}

/** What is wrong with a value of the config, as the end of a sentence about it. */
export const explainIssue = (issue: z.core.$ZodIssue, value: unknown): string =>
  value === undefined && issue.code === 'invalid_type'
    ? 'is missing.'
    : `${expected(issue)}; it is ${describeValue(value)}.`
