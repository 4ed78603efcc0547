import type { MachineSpec } from '../../../core/base/model/machine-spec.ts'

/** A machine as the tests want it. */
export const specOf = (change: Partial<MachineSpec> = {}): MachineSpec => ({
  version: 1,
  name: 'lab',
  hostname: 'lab',
  machine: 'pc-q35-10.0',
  cpu: 'auto',
  cpus: 1,
  memory: 256,
  accelerator: 'tcg',
  disks: [{ path: '/images/disk.qcow2', format: 'qcow2', bus: 'virtio' }],
  nic: 'virtio-net-pci',
  interfaces: 0,
  lesson: true,
  management: 'forward',
  ports: [],
  ready: { kind: 'ssh', port: 22 },
  login: { user: 'root', password: 'secret' },
  deadline: 10,
  shutdownDeadline: 5,
  ...change,
})
