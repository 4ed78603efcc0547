import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Disk } from '../../core/base/model/artifact.ts'
import { storeDirectory } from '../../core/store/read.ts'
import type { StepRecord } from '../../core/store/record.ts'
import { antidote, antidoteJson, CLI, imageDirectory, launch } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { draftsOf, processesOf } from './leftovers.ts'

interface Planned {
  stages: { stage: string; steps: { tap: string; key: string; cached: boolean }[] }[]
}

const work = temporaryDirectory()

/** Nobody has built this before. */
const nonce = `${process.pid}-${Date.now()}`

const FIRST = `#!/bin/sh
# ${nonce}
set -eu
sleep 100000 &
echo $! >/run/live-process
cp /proc/sys/kernel/random/boot_id /etc/live-1
cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub >/etc/live-identity
`
const SECOND = `#!/bin/sh
set -eu
kill -0 "$(cat /run/live-process)"
cp /proc/sys/kernel/random/boot_id /etc/live-2
date +%s >/etc/live-time
`
const WRONG = `#!/bin/sh
echo half done >/etc/live-half
echo what went wrong
exit 3
`
const RIGHT = `#!/bin/sh
set -eu
[ ! -e /etc/live-half ]
kill -0 "$(cat /run/live-process)"
cp /proc/sys/kernel/random/boot_id /etc/live-3
reboot
`
const AFTER = `#!/bin/sh
set -eu
! cmp -s /etc/live-3 /proc/sys/kernel/random/boot_id
[ ! -e /run/live-process ]
cp /proc/sys/kernel/random/boot_id /etc/live-4
`
const TEST = `#!/bin/sh
set -eu
sleep 100000 &
cmp /etc/live-1 /etc/live-2
cmp /etc/live-1 /etc/live-3
! cmp -s /etc/live-4 /proc/sys/kernel/random/boot_id
for secret in "$(cat /etc/machine-id)" "$(cat /etc/ssh/ssh_host_ed25519_key.pub)"; do
    ! grep -qF "$secret" /etc/live-identity
done
`
const NAME = `live-${nonce}`
const SCRIPTS = { '1.sh': FIRST, '2.sh': SECOND, '3.sh': WRONG, '4.sh': AFTER, 'test.sh': TEST }
const SETTINGS = `use: [debian({ hostname: 'live' })], machine: { memory: '256M' },
  live: ['1.sh', '2.sh', '3.sh', '4.sh'], test: 'test.sh',`
const image = imageDirectory(work, NAME, SETTINGS, SCRIPTS)
const write = (file: string, content: string) => writeFileSync(join(image, file), content, { mode: 0o755 })

const planned = async (): Promise<Planned['stages'][number]['steps']> => {
  const { stages } = await antidoteJson<Planned>(['-C', image, 'plan'])
  return stages.find(({ stage }) => stage === 'qcow2')!.steps
}
const missing = async () => (await planned()).filter(({ cached }) => !cached).map(({ tap }) => tap)

describe.sequential('scripts in a machine', () => {
  test('each goes on where the one before stopped; what fails shows its lines', async () => {
    const { code, stderr } = await antidote(['-C', image, 'build'])
    expect(code).toBe(1)
    expect(stderr.match(/booting a machine/g)).toHaveLength(1)
    expect(stderr).toContain('live 2.sh: done')
    expect(stderr).toContain('3.sh ended with exit status 3.')
    expect(stderr).toMatch(/│ what went wrong/)
  })

  test('only the one that was edited runs, in the machine that was left by the one before', async () => {
    write('3.sh', RIGHT)
    expect(await missing()).toEqual(['live 3.sh', 'live 4.sh', 'power off'])
    const { code, stderr } = await antidote(['-C', image, 'build'])
    expect(stderr).toContain('live 2.sh: cached')
    expect(stderr).not.toContain('booting a machine')
    expect(stderr).toContain('the machine was restarted by it, and answers again')
    expect(stderr).toContain('live 4.sh: done')
    expect(stderr).toContain('switching the machine off')
    expect(code).toBe(0)
    expect(await missing()).toEqual([])
  })

  test('the image passes the standard tests, and calls itself by nothing the machine did', async () => {
    const report = await antidoteJson<{ tests: { ok: boolean; name: string }[] }>(['-C', image, 'test'])
    expect(report.tests.filter(({ ok }) => !ok)).toEqual([])
    expect(report.tests.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['test.sh', 'clean shutdown']),
    )
    expect(report.code).toBe(0)
  })

  test('a machine that cannot be gone on with is made anew, and Ctrl-C leaves nothing', async () => {
    write('3.sh', '#!/bin/sh\nexec sleep 1000\n')
    const { key } = (await planned()).find(({ tap }) => tap === 'live 2.sh')!
    const file = join(storeDirectory(), 'steps', key, 'record.json')
    const record = JSON.parse(readFileSync(file, 'utf8')) as StepRecord
    const { checkpoint, ...artifact } = record.artifact as Disk
    writeFileSync(
      file,
      JSON.stringify({ ...record, artifact: { ...artifact, checkpoint: { ...checkpoint, qemu: '1.0' } } }),
    )
    const running = launch([process.execPath, CLI, '-C', image, 'build'])
    await running.until(/live 3\.sh: started[\s\S]*runs under/)
    expect(processesOf(NAME).join('\n')).toContain('qemu-system')
    running.child.kill('SIGINT')
    const { code, stderr } = await running.end
    expect(code).toBe(130)
    expect(stderr).toContain('machine of qcow2 › live 2.sh cannot be gone on with here and is made anew')
    expect(stderr).toContain('live 1.sh: cached')
    expect(stderr).toContain('live 2.sh: done')
    await expect.poll(() => processesOf(NAME)).toEqual([])
    expect(draftsOf(storeDirectory()).filter((name) => name.startsWith(`${running.child.pid}-`))).toEqual([])
  })
})

test('a disk from elsewhere is provisioned on its own hardware, over its console and over SSH', async () => {
  write('3.sh', RIGHT)
  const disk = join(work, 'vendor.qcow2')
  expect((await antidote(['-C', image, 'build', '--output', disk])).code).toBe(0)
  const plugin = `definePlugin({ name: 'vendor', version: '1', apply({ bootstrap, provision }) {
    bootstrap.tap({ name: 'disk', files: ['vendor.qcow2'] }, async (_, step) => {
      await step.run(['cp', step.directory + '/vendor.qcow2', step.out], { readable: [step.directory] })
      const machine = { machine: 'pc-i440fx-10.0', nic: 'e1000', bus: 'ide', memory: 256 }
      return { kind: 'disk', chain: [step.ref('vendor.qcow2')], machine }
    })
    provision.tap('console', (disk, step) => step.boot(disk, async ({ serial: line, spec, at }) => {
      await serial.login(line, { ...spec.login, prompt: /[$] $/ })
      await line.sendLine('echo ' + at(22).host + ' | sudo tee /etc/vendor-console')
      await line.expect({ done: /[$] $/ })
    }))
  } })`
  const settings = `use: [${plugin}], install: 'install.sh'`
  const vendor = imageDirectory(work, `vendor-${nonce}`, settings, {
    'install.sh':
      '#!/bin/sh\nset -eu\n[ -e /etc/vendor-console ]\nls /sys/bus/pci/drivers/e1000/0* -d >/etc/vendor\n',
  })
  writeFileSync(join(vendor, 'vendor.qcow2'), readFileSync(disk))
  const built = await antidote(['-C', vendor, 'build'])
  expect(built.stderr).toContain('going on with the machine of the step before')
  expect(built.code).toBe(0)
  const { code, stdout } = await antidote([
    '-C',
    vendor,
    'boot',
    '--',
    'cat',
    '/etc/vendor-console',
    '/etc/vendor',
  ])
  expect(stdout).toMatch(/^127\.0\.0\.1\n\/sys\/bus\/pci\/drivers\/e1000\/0000:00:/)
  expect(code).toBe(0)
})
