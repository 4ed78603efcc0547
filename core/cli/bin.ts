#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `antidote needs Node.js 20.19 or later, and this is ${process.versions.node}. Install a newer one first: https://nodejs.org/en/download\n`,
  )
  process.exit(2)
}
const { run } = await import('./run.ts').catch((error: Error) => {
  process.stderr.write(`antidote cannot be loaded: ${error.message}.\n`)
  process.exit(1)
})
process.exitCode = await run(process.argv)
