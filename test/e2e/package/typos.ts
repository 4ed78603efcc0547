// what an editor has to underline: a line that compiles here is an error
import { defineImage } from 'antidote'
import { centos, debian } from 'antidote/plugins'
import { cumulusEndpoint, debianEndpoint, vqfxEndpoint } from 'antidote/presets'

const name = 'typos'
const use = [debian()]
const disk = { path: 'disk.qcow2', sha256: '0'.repeat(64) }

// @ts-expect-error use is missing
defineImage({ name })
// @ts-expect-error a plugin that is not called
defineImage({ name, use: [debian] })
// @ts-expect-error the name of a plugin
defineImage({ name, use: ['debian'] })
// @ts-expect-error not in a list
defineImage({ name, use: debian() })
// @ts-expect-error deep in a list of lists
defineImage({ name, use: [[[debian(), 7]]] })
// @ts-expect-error a setting that does not exist
defineImage({ name, use, instal: 'install.sh' })
// @ts-expect-error a size without its unit
defineImage({ name, use, machine: { memory: '512' } })
// @ts-expect-error a number is no size
defineImage({ name, use, machine: { memory: 512 } })
// @ts-expect-error a unit that is not taken
defineImage({ name, use, disk: { size: '2GB' } })
// @ts-expect-error a port without its protocol
defineImage({ name, use, ports: ['22'] })
// @ts-expect-error a protocol that is not taken
defineImage({ name, use, ports: ['22/sctp'] })
// @ts-expect-error a path that is not absolute
defineImage({ name, use, files: [{ from: 'motd', to: 'etc/motd' }] })
// @ts-expect-error not octal digits
defineImage({ name, use, files: [{ from: 'motd', to: '/etc/motd', mode: 'u=rw' }] })
// @ts-expect-error a card that QEMU is not given
defineImage({ name, use, machine: { nic: 'e100' } })
// @ts-expect-error nothing that shows that a guest is ready
defineImage({ name, use, machine: { ready: 'telnet:23' } })
// @ts-expect-error an address without its length
defineImage({ name, use, configure: { interfaces: { eth1: ['10.0.0.1'] } } })
// @ts-expect-error a compression that is not there
defineImage({ name, use, layers: 'xz' })
// @ts-expect-error a suite that does not exist
debian({ suite: 'trixi' })
// @ts-expect-error through a preset
debianEndpoint({ suite: 'trixi' })
// @ts-expect-error a kernel that does not exist
debian({ kernel: 'minimum' })
// @ts-expect-error packages are a list
debian({ packages: 'jq' })
// @ts-expect-error an option that does not exist
debian({ package: ['jq'] })
// @ts-expect-error not y, m or n
debian({ kernelOptions: { DUMMY: 'yes' } })
// @ts-expect-error a distribution that does not exist
centos({ distribution: 'rockey' })
// @ts-expect-error a release that does not exist
centos({ release: 8 })
// @ts-expect-error a size without its unit
vqfxEndpoint({ disk, memory: '2048' })
// @ts-expect-error a release that does not exist
cumulusEndpoint({ disk, release: '2.5' })
// @ts-expect-error the disk is missing
vqfxEndpoint({})
