import { describe, expect, test } from 'vitest'
import { qemuArguments } from '../../../core/machine/qemu/arguments.ts'
import type { Instance } from '../../../core/machine/qemu/instance.ts'
import { specOf } from '../../base/model/machine-spec.ts'

const instance = (change: Partial<Instance> = {}): Instance => ({
  accelerator: 'tcg',
  macs: ['52:54:00:00:00:00', '52:54:00:00:00:01', '52:54:00:00:00:02'],
  forwards: [{ host: '127.0.0.1', hostPort: 2222, port: 22, protocol: 'tcp' }],
  sockets: { control: '/run/c', console: '/run/s' },
  log: '/run/log',
  management: { kind: 'user' },
  links: [],
  writeDisks: false,
  ...change,
})

/** The values of one option. */
const all = (argv: string[], option: string): string[] =>
  argv.flatMap((word, at) => (argv[at - 1] === option ? [word] : []))

describe('qemuArguments', () => {
  test('is the same for the same machine', () => {
    expect(qemuArguments(specOf(), instance())).toEqual(qemuArguments(specOf(), instance()))
  })

  test('takes the CPU from the accelerator where the spec leaves it open', () => {
    expect(all(qemuArguments(specOf(), instance()), '-cpu')).toEqual(['max'])
    expect(all(qemuArguments(specOf(), instance({ accelerator: 'kvm' })), '-cpu')).toEqual(['host'])
    expect(all(qemuArguments(specOf({ cpu: 'Nehalem' }), instance()), '-cpu')).toEqual(['Nehalem'])
  })

  test('boots the kernel directly, or the disk', () => {
    const directBoot = { kernel: '/images/vmlinux', cmdline: 'root=/dev/vda1 console=ttyS0' }
    const direct = qemuArguments(specOf({ directBoot }), instance())
    expect(all(direct, '-kernel')).toEqual(['/images/vmlinux'])
    expect(all(direct, '-append')).toEqual(['root=/dev/vda1 console=ttyS0'])
    expect(direct).not.toContain('-initrd')
    expect(qemuArguments(specOf(), instance())).not.toContain('-kernel')
  })

  test('puts UEFI into flash chips: the toolbox’s or that of the image, its variables thrown away or kept', () => {
    const chips = (change: Parameters<typeof specOf>[0], at: Partial<Instance> = {}) =>
      all(qemuArguments(specOf(change), instance(at)), '-drive').filter((drive) => drive.includes('pflash'))
    expect(chips({})).toEqual([])
    expect(chips({ firmware: 'bios' })).toEqual([])
    const code = '/usr/share/OVMF/OVMF_CODE_4M.fd'
    expect(chips({ firmware: 'uefi' })).toEqual([
      `if=pflash,unit=0,file=${code},format=raw,readonly=on`,
      'if=pflash,unit=1,file=/usr/share/OVMF/OVMF_VARS_4M.fd,format=raw,snapshot=on',
    ])
    const uefi = { code: '/machine/firmware/code', variables: '/machine/firmware/variables' }
    expect(chips({ firmware: 'uefi', uefi }, { variables: '/state/variables.fd', writeDisks: true })).toEqual(
      [
        'if=pflash,unit=0,file=/machine/firmware/code,format=raw,readonly=on',
        'if=pflash,unit=1,file=/state/variables.fd,format=raw,snapshot=off',
      ],
    )
    // disks that are written leave the variables of a new machine as they are
    expect(chips({ firmware: 'uefi', uefi }, { writeDisks: true })[1]).toContain(
      'variables,format=raw,snapshot=on',
    )
  })

  test('gives the guest a name that is asked for, by DHCP and to its kernel', () => {
    const directBoot = { kernel: '/images/vmlinux', cmdline: 'root=/dev/vda1' }
    const argv = qemuArguments(specOf({ directBoot }), instance({ hostname: 'r1' }))
    expect(all(argv, '-append')).toEqual(['root=/dev/vda1 systemd.hostname=r1'])
    expect(all(argv, '-netdev')[0]).toContain(',hostname=r1,hostfwd=')
  })

  test('plugs the NIC for management into a tap where it is given one', () => {
    const argv = qemuArguments(specOf(), instance({ management: { kind: 'tap', name: 'tap0' } }))
    expect(all(argv, '-netdev')[0]).toBe('tap,id=management,ifname=tap0,script=no,downscript=no')
    expect(all(argv, '-device')).toContainEqual(expect.stringContaining('id=nic0'))
  })

  test('tells the driver the MTU of a link, where it listens', () => {
    const links = [{ kind: 'tap', name: 'tap1', mtu: 9000 }] as const
    const device = (nic: 'virtio-net-pci' | 'e1000') =>
      all(qemuArguments(specOf({ interfaces: 1, nic }), instance({ links })), '-device').find((words) =>
        words.includes('id=nic1'),
      )
    expect(device('virtio-net-pci')).toContain('host_mtu=9000')
    expect(device('e1000')).not.toContain('host_mtu')
  })

  test('adds what it is told to add last, and keeps no log where there is none', () => {
    const { log: _none, ...rest } = instance({ extra: ['-d', 'guest_errors'] })
    const argv = qemuArguments(specOf(), rest)
    expect(argv.slice(-2)).toEqual(['-d', 'guest_errors'])
    expect(argv.join(' ')).not.toContain('logfile')
  })

  test('throws changes away unless told to write', () => {
    expect(all(qemuArguments(specOf(), instance()), '-drive')[0]).toContain('cache=unsafe,snapshot=on')
    expect(all(qemuArguments(specOf(), instance({ writeDisks: true })), '-drive')[0]).toContain(
      'cache=writeback,snapshot=off',
    )
  })

  test('plugs data NICs in slot order, each into a port of its own', () => {
    const links = [{ kind: 'none' }, { kind: 'tap', name: 'tap1' }] as const
    const argv = qemuArguments(specOf({ interfaces: 2 }), instance({ links }))
    const devices = all(argv, '-device').filter((device) => /^(pcie-root-port|virtio-net)/.test(device))
    expect(devices).toEqual([
      'virtio-net-pci,id=nic0,bus=pcie.0,addr=0x1,netdev=management,mac=52:54:00:00:00:00,romfile=',
      'pcie-root-port,id=port1,bus=pcie.0,addr=0x10.0,chassis=1,slot=1,multifunction=on',
      'virtio-net-pci,id=nic1,bus=port1,addr=0x0,netdev=link1,mac=52:54:00:00:00:01,romfile=',
      'pcie-root-port,id=port2,bus=pcie.0,addr=0x10.1,chassis=2,slot=2,multifunction=on',
      'virtio-net-pci,id=nic2,bus=port2,addr=0x0,netdev=link2,mac=52:54:00:00:00:02,romfile=',
    ])
    expect(all(argv, '-netdev').slice(1)).toEqual([
      'hubport,id=link1,hubid=1',
      'hubport,id=link1-end,hubid=1',
      'tap,id=link2,ifname=tap1,script=no,downscript=no',
    ])
  })

  test('leaves places for NICs that come later, made backwards, behind those that are there', () => {
    const links = [{ kind: 'none' }, { kind: 'none' }] as const
    const ports = (change: Parameters<typeof specOf>[0]) =>
      all(qemuArguments(specOf({ interfaces: 2, ...change }), instance({ links })), '-device')
        .filter((device) => device.startsWith('pcie-root-port'))
        .map((device) => /addr=0x(\S+?),chassis=(\d+)/.exec(device)!.slice(1).join(' '))
    expect(ports({ spare: 3 })).toEqual(['10.0 1', '10.1 2', '10.4 5', '10.3 4', '10.2 3'])
    expect(ports({ spare: 500 })).toHaveLength(120)
    expect(ports({ machine: 'pc-i440fx-10.0', spare: 3 })).toEqual([])
  })

  test('joins a NIC with those of other machines by a hub, over sockets of which one end listens', () => {
    const link = {
      kind: 'segment',
      directory: '/run/s',
      sockets: [
        { name: 'a', listen: true },
        { name: 'b', listen: false },
      ],
    } as const
    const argv = qemuArguments(specOf({ interfaces: 1 }), instance({ links: [link] }))
    expect(all(argv, '-netdev').slice(1)).toEqual([
      'hubport,id=link1,hubid=1',
      'stream,id=link1-line-a,server=on,addr.type=unix,addr.path=/run/s/a',
      'hubport,id=link1-a,hubid=1,netdev=link1-line-a',
      'stream,id=link1-line-b,server=off,addr.type=unix,addr.path=/run/s/b',
      'hubport,id=link1-b,hubid=1,netdev=link1-line-b',
    ])
  })

  test('leaves slot 1 of a pc machine to its south bridge', () => {
    const argv = qemuArguments(
      specOf({ machine: 'pc-i440fx-10.0', interfaces: 1 }),
      instance({ links: [{ kind: 'none' }] }),
    )
    expect(all(argv, '-device')).toContainEqual(expect.stringContaining('id=nic0,bus=pci.0,addr=0x2'))
    expect(all(argv, '-device')).toContainEqual(expect.stringContaining('id=nic1,bus=pci.0,addr=0x11'))
  })

  test('forwards ports to the address of the guest', () => {
    expect(all(qemuArguments(specOf(), instance()), '-netdev')[0]).toBe(
      'user,id=management,net=10.0.0.0/24,host=10.0.0.2,dns=10.0.0.3,dhcpstart=10.0.0.15,ipv6=off,' +
        'hostfwd=tcp:127.0.0.1:2222-10.0.0.15:22',
    )
  })

  test('lets nothing out of a closed network, and keeps the forwards', () => {
    const closed = qemuArguments(specOf(), instance({ management: { kind: 'user', closed: true } }))
    expect(all(closed, '-netdev')[0]).toMatch(/,restrict=on,hostfwd=tcp:127\.0\.0\.1:2222-10\.0\.0\.15:22$/)
  })

  test('puts a line of datagrams between the NIC and an outside that does not get all of them', () => {
    const argv = qemuArguments(specOf(), instance({ management: { kind: 'user', through: [10, 11] } }))
    const [near, far, outside, ...hub] = all(argv, '-netdev')
    expect([near, far]).toEqual([
      'dgram,id=management,local.type=fd,local.str=10',
      'dgram,id=filtered,local.type=fd,local.str=11',
    ])
    expect(outside).toMatch(/^user,id=outside,.*,hostfwd=tcp:127\.0\.0\.1:2222-10\.0\.0\.15:22$/)
    expect(hub).toEqual([
      'hubport,id=management-filtered,hubid=2000,netdev=filtered',
      'hubport,id=management-outside,hubid=2000,netdev=outside',
    ])
    expect(all(argv, '-device')).toContainEqual(expect.stringContaining('netdev=management,'))
  })

  test('a machine that is saved writes its memory to a file, and has a port for the lesson files', () => {
    const argv = qemuArguments(
      specOf({ snapshot: true }),
      instance({ memory: { file: '/s/ram', use: 'save' } }),
    )
    expect(all(argv, '-machine')).toEqual(['pc-q35-10.0,memory-backend=ram'])
    expect(all(argv, '-object')).toContain('memory-backend-file,id=ram,size=256M,mem-path=/s/ram,share=on')
    expect(all(argv, '-device').filter((text) => text.includes('lesson-port'))).toHaveLength(1)
    expect(argv).not.toContain('-incoming')
  })

  test('under KVM it runs on no processor that lacks a part of its CPU model; one that only boots may', () => {
    const spec = specOf({ cpu: 'Nehalem', snapshot: { accelerators: ['kvm'] } })
    for (const use of ['save', 'restore'] as const) {
      const argv = qemuArguments(spec, instance({ accelerator: 'kvm', memory: { file: '/s/ram', use } }))
      expect(all(argv, '-cpu')).toEqual(['Nehalem,enforce'])
    }
    expect(all(qemuArguments(spec, instance({ accelerator: 'kvm' })), '-cpu')).toEqual(['Nehalem'])
    expect(all(qemuArguments(spec, instance({ memory: { file: '/s', use: 'save' } })), '-cpu')).toEqual([
      'Nehalem',
    ])
  })

  test('one that is restored maps it read-only and waits; its lesson files are plugged in later', () => {
    const lesson = { directory: '/antidote' }
    const spec = specOf({ snapshot: true })
    const argv = qemuArguments(spec, instance({ lesson, memory: { file: '/s/ram', use: 'restore' } }))
    expect(all(argv, '-object')).toContain(
      'memory-backend-file,id=ram,size=256M,mem-path=/s/ram,share=off,readonly=on,rom=off',
    )
    expect(all(argv, '-incoming')).toEqual(['defer'])
    expect(all(argv, '-fsdev')).toHaveLength(1)
    expect(all(argv, '-device').some((text) => text.startsWith('virtio-9p-pci'))).toBe(false)
    // where it boots, they are in the same place from the start
    const booted = all(qemuArguments(spec, instance({ lesson })), '-device')
    expect(booted.find((text) => text.startsWith('virtio-9p-pci'))).toContain('bus=lesson-port,addr=0x0')
  })

  test.for([
    ['pc-q35-10.0', 'bus=pcie.0,addr=0xb'],
    ['pc-i440fx-10.0', 'bus=pci.0,addr=0xc'],
  ])('the channel has its own place on %s, where the machine has one', ([machine, place]) => {
    const sockets = { control: '/run/c', console: '/run/s', channel: '/run/i' }
    const argv = qemuArguments(specOf({ machine: machine!, interfaces: 2 }), instance({ sockets }))
    expect(all(argv, '-chardev')).toContain('socket,id=channel,path=/run/i,server=off')
    const devices = all(argv, '-device')
    expect(devices.slice(-2)).toEqual([
      `virtio-serial-pci,id=channel-ports,max_ports=2,${place}`,
      'virtserialport,bus=channel-ports.0,nr=1,id=channel,chardev=channel,name=io.antidote.channel',
    ])
    expect(devices.filter((text) => text.includes(`${place},`) || text.endsWith(place!))).toHaveLength(1)
    const without = qemuArguments(specOf({ machine: machine!, interfaces: 2 }), instance())
    expect(without.join(' ')).not.toContain('channel')
  })

  test('one that loads all of its memory waits too', () => {
    const argv = qemuArguments(specOf(), instance({ incoming: true }))
    expect(all(argv, '-machine')).toEqual(['pc-q35-10.0'])
    expect(all(argv, '-incoming')).toEqual(['defer'])
  })

  test('doubles the commas of what others named', () => {
    const disks = [{ path: '/a,b', format: 'raw', bus: 'virtio' }] as const
    const argv = qemuArguments(
      specOf({ name: 'a,b', disks: [...disks] }),
      instance({ lesson: { directory: '/c,d', readOnly: true } }),
    )
    expect(all(argv, '-name')).toEqual(['a,,b'])
    expect(all(argv, '-drive')[0]).toContain('file=/a,,b,')
    expect(all(argv, '-fsdev')).toEqual([
      'local,id=lesson,path=/c,,d,security_model=none,multidevs=remap,readonly=on',
    ])
  })

  test('says where there is no room for interfaces or disks', () => {
    const many = { interfaces: 500 }
    expect(() => qemuArguments(specOf(many), instance())).toThrow(/500 interfaces are more than the 120/)
    const disks = Array.from(
      { length: 8 },
      (_, n) => ({ path: `/${n}`, format: 'raw', bus: 'virtio' }) as const,
    )
    expect(() => qemuArguments(specOf({ disks }), instance())).toThrow(/8 virtio disks are more than the 7/)
  })
})
