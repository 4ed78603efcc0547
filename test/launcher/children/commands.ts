import { refuseSecond, runCommand } from '../../../core/launcher/commands/index.ts'

// The launcher as far as its commands go, with a machine.json of the test's own and less patience.

const { ANTIDOTE_TEST_MACHINE: machineFile = '/nowhere', ...env } = process.env
const words = process.argv.slice(2)
const begin = async () => {
  process.stdout.write('the machine\n')
  return 0
}
process.exitCode =
  words.length > 0
    ? await runCommand(words, env, { machineFile, patience: 3 })
    : ((await refuseSecond(env)) ?? (await begin()))
