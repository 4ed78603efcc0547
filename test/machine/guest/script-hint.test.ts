import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../../core/base/process/run.ts'
import type { Guest } from '../../../core/machine/guest/guest.ts'
import { scriptHint } from '../../../core/machine/guest/script-hint.ts'
import { temporary } from '../../support/directory.ts'

/** A guest that has the programs of this host. */
const guest = { exec: (argv: readonly string[]) => run(argv, { allowFailure: true }) } as unknown as Guest

const hint = (text: string, status = 127) => {
  const file = join(temporary(), 'install.sh')
  writeFileSync(file, text)
  return scriptHint(guest, file, status)
}

test.for([
  ['#!/bin/sh\r\ntrue\r\n', 127],
  // the interpreter is found, and fails on an option that ends in CR
  ['#!/bin/sh\nset -eu\r\n', 2],
  ['#!/bin/sh\r', 127],
] as const)('line ends of Windows are named: %j', async ([text, status]) => {
  expect(await hint(text, status)).toContain('CR LF')
})

test.for([
  ['#!/opt/none/python\n', '/opt/none/python'],
  ['#! /opt/none/python -u\n', '/opt/none/python'],
  ['#!/usr/bin/env no-such-shell\n', 'no-such-shell'],
  ['#!/usr/bin/env -S no-such-shell -e\n', 'no-such-shell'],
] as const)('an interpreter that is missing is named: %j', async ([text, name]) => {
  expect(await hint(text)).toContain(`names ${name}, which the guest does not have`)
})

test.for([
  ['#!/bin/sh\nno-such-command\n', 127],
  ['#!/usr/bin/env sh\nno-such-command\n', 127],
  ['#!/opt/none/python\n', 1],
  ['', 127],
] as const)('nothing is said where the script itself tells nothing: %j with %s', async ([text, status]) => {
  expect(await hint(text, status)).toBeUndefined()
})
