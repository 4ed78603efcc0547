import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../../core/base/files/digest.ts'
import { run, start } from '../../../core/base/process/run.ts'
import type { Tools } from '../../../core/base/process/tools.ts'
import { chooseAccelerator, probeKvm, runCanary } from '../../../core/machine/host/accelerator.ts'
import { CANARY_STATUS, canaryImage } from '../../../core/machine/host/canary.ts'

/** A QEMU that is a shell script. */
const qemu = (script: string): Tools => ({
  run,
  start: (_argv, options) => start(['sh', '-c', script], options),
})

test('the canary is the image that is proven under emulation in the e2e tests', () => {
  const image = canaryImage()
  expect(image.length).toBe(65_536)
  expect(sha256(image)).toMatchInlineSnapshot(
    `"2260952cdb4ba9715a2c8febc2736648319c3d4874272b80a0c0b96076d21822"`,
  )
})

test('only the expected exit status counts', async () => {
  expect(await runCanary(qemu(`exit ${CANARY_STATUS}`), 'kvm')).toBeUndefined()
  expect(await runCanary(qemu('exit 0'), 'kvm')).toBe('it ended with exit status 0')
  expect(
    await runCanary(qemu('echo "qemu-system-x86_64: error: failed to set MSR 0x10a" >&2; exit 134'), 'kvm'),
  ).toBe('QEMU said "error: failed to set MSR 0x10a"')
})

test('a canary that hangs is ended at the deadline, one that is lost at once', async () => {
  expect(await runCanary(qemu('exec sleep 60'), 'kvm', 200)).toBe('it did not finish within 0.2 s')
  expect(
    await runCanary(qemu('echo "KVM internal error. Suberror: 1" >&2; exec sleep 60'), 'kvm', 30_000),
  ).toBe('QEMU said "KVM internal error. Suberror: 1"')
})

test('says why KVM cannot be used', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'antidote-test-'))
  const device = join(directory, 'kvm')
  const good = qemu(`exit ${CANARY_STATUS}`)
  expect(await probeKvm(good, device)).toEqual({ usable: false, reason: `${device} does not exist` })
  await writeFile(device, '')
  expect(await probeKvm(good, device)).toEqual({ usable: true })
  expect(await probeKvm(qemu('exit 1'), device)).toEqual({
    usable: false,
    reason: `${device} is present, but a test guest did not run: it ended with exit status 1`,
  })
  if (process.getuid?.() !== 0) {
    await chmod(device, 0)
    expect(await probeKvm(good, device)).toMatchObject({ reason: expect.stringContaining('group "kvm"') })
  }
  await rm(directory, { recursive: true })
})

test('falls back to emulation with the reason, and refuses where KVM was asked for', async () => {
  const none = async () => ({ usable: false, reason: 'it is dead' }) as const
  expect(await chooseAccelerator('auto', none)).toEqual({ name: 'tcg', reason: 'it is dead' })
  expect(await chooseAccelerator('auto', async () => ({ usable: true }))).toEqual({ name: 'kvm' })
  expect(await chooseAccelerator('tcg', () => Promise.reject(new Error('not to be asked')))).toMatchObject({
    name: 'tcg',
  })
  await expect(chooseAccelerator('kvm', none)).rejects.toMatchObject({ code: 'KVM_UNUSABLE' })
})
