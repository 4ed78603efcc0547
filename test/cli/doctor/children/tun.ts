// tun.ts ROOT DEVICE: what doctor says of a device that this process may not use, first closed to all, then to others
import { chmodSync } from 'node:fs'
import { run } from '../../../../core/base/process/run.ts'
import { tun } from '../../../../core/cli/doctor/devices.ts'

const [root, device] = process.argv.slice(2) as [string, string]
const host = { root, path: [], uid: 1000, user: 'ada', home: root, store: root, run }
for (const mode of [0o000, 0o060]) {
  chmodSync(device, mode)
  console.log(JSON.stringify((await tun(host).run()).fix))
}
