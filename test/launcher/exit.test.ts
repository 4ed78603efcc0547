import { expect, test } from 'vitest'
import { errors } from '../../core/base/errors/catalogue.ts'
import { exitStatus } from '../../core/launcher/exit.ts'

test.for([
  [errors.launcherSetting('ANTIDOTE_CPUS', '0', 'a number'), 2],
  [errors.networkInterface('ANTIDOTE_MANAGEMENT_INTERFACE', 'eth9', 0, []), 2],
  [errors.machinePanic('lab', 'attempted to kill init', []), 3],
  [errors.qemuFailed('lab', 'signal SIGKILL', []), 4],
  [errors.machineOff('lab', []), 4],
  [errors.machineShutdown('lab', 5, []), 5],
  [errors.stateUnusable('/data', 'it is full'), 1],
  [new Error('of no kind of ours'), 1],
] as const)('%s', ([error, status]) => {
  expect(exitStatus(error)).toBe(status)
})
