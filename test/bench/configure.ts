import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { follow } from '../e2e/followed.ts'
import { BASE11, capability, NetconfServer, operationOf, type Peer } from '../machine/netconf/server.ts'
import { antidote, middle, type Row, ratio } from './measure.ts'

const COUNT = 10
const RUNS = 3

/** Seconds that a device takes to commit. */
const COMMIT = 5

const CONFIG = '<system xmlns="urn:ietf:params:xml:ns:yang:ietf-system"><hostname>a</hostname></system>'

/** A device that is slow to commit: what it does meanwhile, it does not do on this host. */
const slowDevice = async (peer: Peer): Promise<void> => {
  await peer.greet([BASE11, ...['candidate:1.0', 'validate:1.1'].map(capability)])
  for (let request = await peer.next(); request !== undefined; request = await peer.next()) {
    const operation = operationOf(request)
    if (operation === 'commit') await setTimeout(COMMIT * 1000)
    peer.reply(request, operation === 'get-config' ? `<data>${CONFIG}</data>` : '<ok/>')
    if (operation === 'close-session') peer.channel.end()
  }
}

/** A lesson of so many endpoints, and where they are. */
const lessonOf = (work: string, names: readonly string[]): string => {
  const directory = join(work, 'lessons', 'many')
  mkdirSync(join(directory, 'stage0', 'configs'), { recursive: true })
  mkdirSync(join(work, 'images', 'device'), { recursive: true })
  writeFileSync(join(work, 'images/device/image.meta.yaml'), 'sshUser: root\nsshPassword: secret\n')
  const endpoints = names.map((name) => `  - { name: ${name}, image: device, configurationType: napalm }\n`)
  writeFileSync(join(directory, 'lesson.meta.yaml'), `endpoints:\n${endpoints.join('')}`)
  for (const name of names) writeFileSync(join(directory, `stage0/configs/${name}-netconf.xml`), CONFIG)
  return directory
}

/** Ten endpoints at once, against one. */
export const configureRows = async (work: string): Promise<Row[]> => {
  const servers = await Promise.all(Array.from({ length: COUNT }, () => NetconfServer.start(slowDevice)))
  try {
    const names = servers.map((_, index) => `device${index}`)
    const lesson = lessonOf(work, names)
    const forwards = servers.flatMap(({ port }, index) => [
      ...['--endpoint', `${names[index]}=127.0.0.1`, '--forward', `${names[index]}=${port}:830`],
    ])
    const configured = async (...more: string[]): Promise<number> => {
      const began = performance.now()
      const running = follow(antidote('configure', lesson, ...forwards, ...more))
      if ((await running.end) !== 0) throw new Error(running.output)
      return (performance.now() - began) / 1000
    }
    const times = { all: [] as number[], one: [] as number[] }
    for (let run = 0; run < RUNS; run++) {
      times.all.push(await configured())
      times.one.push(await configured('--only', names[0]!))
    }
    const what = `${COUNT} endpoints configured at once / one, devices that take ${COMMIT} s to commit`
    return [ratio(what, middle(times.all), middle(times.one), 2)]
  } finally {
    for (const server of servers) server.stop()
  }
}
