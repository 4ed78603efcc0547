import { runCommand } from '../../../core/launcher/commands/index.ts'

// The launcher as far as its commands go, with a machine.json of the test's own and less patience.

const { ANTIDOTE_TEST_MACHINE: machineFile = '/nowhere', ...env } = process.env
process.exitCode = await runCommand(process.argv.slice(2), env, { machineFile, patience: 3 })
