import { expect, test } from 'vitest'
import {
  formatBytes,
  formatTime,
  parseAge,
  parseForward,
  parseSize,
} from '../../../core/cli/arguments/parse.ts'

test.each([
  ['30s', 30_000],
  ['5m', 300_000],
  ['12h', 43_200_000],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000],
  ['7', undefined],
  ['d', undefined],
  ['-1d', undefined],
  ['1.5d', undefined],
  ['7 d', undefined],
  ['7y', undefined],
])('the age %s', (text, ms) => {
  expect(parseAge(text)).toBe(ms)
})

test.each([
  ['1024', 1024],
  ['1K', 1024],
  ['1.5M', 1_572_864],
  ['20G', 21_474_836_480],
  ['1T', 1_099_511_627_776],
  ['1g', undefined],
  ['G', undefined],
  ['1GB', undefined],
  ['-1G', undefined],
])('the size %s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})

test.each([
  [0, '0 kB'],
  [1, '1 kB'],
  [1024 ** 2 - 1, '1 MB'],
  [1024 ** 2, '1 MB'],
  [1024 ** 3 - 1, '1.0 GB'],
  [1.5 * 1024 ** 3, '1.5 GB'],
])('%d bytes', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [0, '0.00 s'],
  [994, '0.99 s'],
  [999, '1.0 s'],
  [1000, '1.0 s'],
  [59_940, '59.9 s'],
  [59_990, '1 min 00 s'],
  [60_000, '1 min 00 s'],
  [119_700, '2 min 00 s'],
  [125_000, '2 min 05 s'],
])('%d ms', (ms, text) => {
  expect(formatTime(ms)).toBe(text)
})

test.each([
  ['8830:830', { from: 8830, to: 830 }],
  ['1:65535', { from: 1, to: 65535 }],
  ['0:830', undefined],
  ['8830:65536', undefined],
  ['8830', undefined],
  ['127.0.0.1:8830:830', undefined],
])('%s is a forward: %o', (text, forward) => {
  expect(parseForward(text)).toEqual(forward)
})
