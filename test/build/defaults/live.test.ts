import { expect, test } from 'vitest'
import { temporary } from '../../support/directory.ts'
import { disk, imageOf, keysOf, planOf } from '../../support/image.ts'

const files = { '1.sh!': '#!/bin/sh\n', '2.sh!': '#!/bin/sh\n' }
const tapsOf = (image: ReturnType<typeof imageOf>) => planOf(image).qcow2.map(({ tap }) => tap.name)

test('scripts in the machine are steps of their own, and after the last it is switched off', () => {
  const directory = temporary(files)
  expect(tapsOf(imageOf([disk()], {}, directory))).toEqual(['ext4'])
  expect(tapsOf(imageOf([disk()], { live: ['1.sh', '2.sh'] }, directory))).toEqual([
    'ext4',
    'live 1.sh',
    'live 2.sh',
    'power off',
  ])
})

test('where scripts go on in the machine of a disk, another step switches it off', () => {
  const directory = temporary(files)
  const key = (live?: string[]) =>
    keysOf(imageOf([disk()], live ? { live } : {}, directory))['qcow2 antidote ext4']
  expect(key(['1.sh'])).not.toBe(key())
  expect(key(['1.sh'])).toBe(key(['2.sh']))
  expect(key([])).toBe(key())
})
