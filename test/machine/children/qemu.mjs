import { appendFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const [, , text, ...argv] = process.argv
const behaviour = JSON.parse(text)
if (behaviour.refuse) {
  console.error(behaviour.refuse)
  process.exit(1)
}

const pathOf = (id) => argv.find((word) => word.startsWith(`socket,id=${id},`))?.match(/path=([^,]+)/)[1]
const control = connect(pathOf('control'))
const serial = connect(pathOf('console'))
const channel = pathOf('channel') && connect(pathOf('channel'))
for (const socket of [control, serial, channel].filter(Boolean)) socket.on('error', () => process.exit(0))

const send = (message) => control.write(`${JSON.stringify(message)}\r\n`)
const usernet = [
  'Hub -1 (management):',
  '  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ',
  `  TCP[HOST_FORWARD]  13       127.0.0.1 ${behaviour.sshPort ?? 1}       10.0.0.15    22     0     0`,
].join('\r\n')
const guestIsOff = () => {
  send({ event: 'SHUTDOWN', data: { guest: true, reason: 'guest-shutdown' } })
  setTimeout(() => process.exit(0), 20)
}
/** The file of a migration; how it ends comes as an event, after the answer. */
const migration = ({ uri }) => {
  setTimeout(() => send({ event: 'MIGRATION', data: { status: behaviour.migration ?? 'completed' } }), 5)
  return uri.replace('file:', '')
}
const answers = {
  'query-version': () => ({ qemu: { major: 10, minor: 0, micro: 2 }, package: 'Test' }),
  'query-migrate': () => ({ 'error-desc': 'no such device' }),
  migrate: (args) => writeFileSync(migration(args), 'device state') ?? {},
  'migrate-incoming': (args) => migration(args) && {},
  quit: () => setTimeout(() => process.exit(behaviour.quit ?? 0), 20) && {},
  'human-monitor-command': () => usernet,
  system_reset: () => send({ event: 'RESET', data: { guest: false } }) && {},
  system_powerdown: () => {
    if (behaviour.powerButton === true) guestIsOff()
    else if (behaviour.powerButton) send(behaviour.powerButton)
    return {}
  },
}

send({ QMP: { version: {}, capabilities: [] } })
createInterface(control).on('line', (line) => {
  const { execute, arguments: args, id } = JSON.parse(line)
  if (behaviour.commands) appendFileSync(behaviour.commands, `${execute}\n`)
  send({ return: answers[execute]?.(args) ?? {}, id })
  if (execute !== 'human-monitor-command') return
  for (const line of behaviour.console ?? []) serial.write(`${line}\r\n`)
  if (behaviour.event) send(behaviour.event)
  if (behaviour.exit !== undefined) setTimeout(() => process.exit(behaviour.exit), 50)
})
