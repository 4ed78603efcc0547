import { expect, test } from 'vitest'
import { checkSavable, chooseSaved, savable } from '../../../core/machine/snapshot/accelerators.ts'
import { specOf } from '../../base/model/machine-spec.ts'

const under = (spec: Parameters<typeof specOf>[0]) =>
  savable(specOf(spec)).map(({ accelerator }) => accelerator)

test.for([
  ['nothing is asked for', {}, []],
  ['it is refused', { snapshot: false }, []],
  ['it is asked for', { snapshot: true, accelerator: 'auto' }, ['tcg']],
  ['it is asked for by a machine for KVM alone', { snapshot: true, accelerator: 'kvm' }, ['kvm']],
  ['both are named', { snapshot: { accelerators: ['tcg', 'kvm'] }, accelerator: 'tcg' }, ['tcg', 'kvm']],
  ['one is named twice', { snapshot: { accelerators: ['kvm', 'kvm'] } }, ['kvm']],
] as const)('where %s, a machine is saved under what it says', ([, spec, names]) => {
  expect(under(spec)).toEqual(names)
})

const never = () => Promise.reject(new Error('nobody asks'))
const kvm = (cpu: string) => savable(specOf({ cpu, snapshot: { accelerators: ['kvm'] } }))[0]!

test('under TCG any CPU can be saved, and nobody looks for KVM', async () => {
  for (const one of savable(specOf({ snapshot: true }))) await checkSavable(one, never)
})

test.for(['auto', 'host', 'max'])('under KVM the CPU %s cannot: it is the host’s own', async (cpu) => {
  await expect(checkSavable(kvm(cpu), never)).rejects.toMatchObject({
    code: 'SNAPSHOT_CPU',
    message: expect.stringContaining('"lab"'),
  })
})

test('nor without KVM, and the reason is told', async () => {
  const absent = async () => ({ usable: false, reason: '/dev/kvm does not exist' }) as const
  await expect(checkSavable(kvm('Nehalem'), absent)).rejects.toMatchObject({
    code: 'SNAPSHOT_KVM',
    message: expect.stringMatching(/"lab" .*KVM.*\/dev\/kvm does not exist\.$/),
  })
  await checkSavable(kvm('Nehalem'), async () => ({ usable: true }))
})

const saved = (...names: ('tcg' | 'kvm')[]) =>
  names.map((accelerator) => ({ accelerator, directory: accelerator, sha256: '' }))

test('the saved machine is that of the accelerator in use', () => {
  expect(chooseSaved(saved('tcg', 'kvm'), 'kvm')).toMatchObject({ directory: 'kvm' })
  expect(chooseSaved(saved('kvm', 'tcg'), 'tcg')).toMatchObject({ directory: 'tcg' })
})

test('where there is none, the reason names those there are', () => {
  expect(chooseSaved(saved('tcg'), 'kvm')).toBe('it was saved under TCG, and is to run under KVM')
  expect(chooseSaved(saved('kvm'), 'tcg')).toBe('it was saved under KVM, and is to run under TCG')
})
