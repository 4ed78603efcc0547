import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const BIN = fileURLToPath(new URL('../../core/cli/bin.ts', import.meta.url))
const TSX = import.meta.resolve('tsx')

/** What the command says on a Node.js of this version. */
const onNode = (version: string) => {
  const fake = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', fake, '--import', TSX, BIN, '--version'],
    { encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}

test.each(['18.20.4', '20.18.3'])('Node.js %s is refused in one sentence', (version) => {
  expect(onNode(version)).toEqual({
    status: 2,
    stdout: '',
    stderr: `antidote needs Node.js 20.19 or later, and this is ${version}. Install a newer one first: https://nodejs.org/en/download\n`,
  })
})

test.each(['20.19.0', '22.0.0'])('Node.js %s runs', (version) => {
  expect(onNode(version)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
})
