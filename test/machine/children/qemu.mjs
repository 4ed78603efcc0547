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
const answers = {
  quit: () => setTimeout(() => process.exit(behaviour.quit ?? 0), 20) && {},
  'human-monitor-command': () => usernet,
  system_powerdown: () => {
    if (behaviour.powerButton) guestIsOff()
    return {}
  },
}

send({ QMP: { version: {}, capabilities: [] } })
createInterface(control).on('line', (line) => {
  const { execute, id } = JSON.parse(line)
  send({ return: answers[execute]?.() ?? {}, id })
  if (execute !== 'human-monitor-command') return
  for (const line of behaviour.console ?? []) serial.write(`${line}\r\n`)
  if (behaviour.event) send(behaviour.event)
  if (behaviour.exit !== undefined) setTimeout(() => process.exit(behaviour.exit), 50)
})
