import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { launchMachine } from '../../core/machine/launch.ts'
import { Dialogue } from '../../core/machine/serial/dialogue.ts'
import { login } from '../../core/machine/serial/login.ts'
import { run } from '../../core/machine/serial/run.ts'
import { builtMachine } from './built-machine.ts'

const prompt = /[\w.-]+@[\w.-]+:~\$ $/

test('a real console: login, commands between messages of the kernel, an expired password, the end', async () => {
  const { spec, tools, readable } = await builtMachine()
  const work = await mkdtemp(join(tmpdir(), 'antidote-e2e-serial-'))
  const { qemu, watch } = await launchMachine(spec, { tools, readable, work, seed: 'serial' })
  const log: string[] = []
  const dialogue = new Dialogue(qemu.console, {
    name: 'console',
    log: (line) => log.push(line),
    signal: watch.signal,
  })
  onTestFinished(async () => {
    await qemu.kill()
    await rm(work, { recursive: true })
  })
  const { user, password } = spec.login
  await login(dialogue, { user, password, prompt })

  const spam = [
    'sysctl -q kernel.printk=7 kernel.printk_devkmsg=on',
    'while :; do echo "<1>a line of the kernel in the middle" >/dev/kmsg; sleep 0.02; done &',
  ].join('; ')
  await run(dialogue, ['sudo', 'sh', '-c', spam], { prompt })
  for (const round of [1, 2, 3, 4, 5])
    expect(await run(dialogue, ['seq', '-s', ' ', String(round), '400'], { prompt })).toMatchObject({
      code: 0,
      output: `${Array.from({ length: 401 - round }, (_, index) => index + round).join(' ')}\n`,
    })
  expect(log.filter((line) => line.includes('a line of the kernel')).length).toBeGreaterThan(20)

  await run(dialogue, ['sudo', 'chage', '-d', '0', user], { prompt })
  await dialogue.sendLine('exit')
  await login(dialogue, { user, password, newPassword: 'Another-0ne!', prompt })
  expect(await run(dialogue, ['id', '-un'], { prompt })).toMatchObject({ output: `${user}\n` })
  expect(log.join('\n')).not.toContain(password)

  const waiting = expect(dialogue.expect({ never: /never/ })).rejects.toMatchObject({ code: 'MACHINE_PANIC' })
  await dialogue.sendLine('sudo sh -c "echo c >/proc/sysrq-trigger"')
  await waiting
})
