import { imageDirectory } from './cli.ts'

/** Starts the server with a configuration that commits are written to; its socket outlives a machine that was cut off. */
const SERVER = `#!/bin/sh
rm -f /tmp/ncxserver.sock
exec /usr/sbin/netconfd --startup=/var/lib/netconfd/startup.xml --superuser=antidote --log=/var/log/netconfd.log \\
  --port=830 --port=22 --module=ietf-system --module=ietf-interfaces --module=iana-if-type --module=ietf-ip
`

const INSTALL = `#!/bin/sh
set -eu
mkdir -p /var/lib/netconfd
echo '<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"/>' >/var/lib/netconfd/startup.xml
printf '%s\\n' 'Port 22' 'Port 830' 'Subsystem netconf /usr/sbin/netconf-subsystem' >/etc/ssh/sshd_config.d/netconf.conf
echo '::respawn:/usr/local/sbin/netconf-server' >>/etc/inittab
`

const INTERFACES = 'urn:ietf:params:xml:ns:yang:ietf-interfaces'

/** A change of an interface's description, as a file of an image. */
export const CHANGE = `<?xml version="1.0"?>
<interfaces xmlns="${INTERFACES}">
  <interface>
    <name>{{name}}</name>
    <description>{{description}}</description>
    <type xmlns:i="urn:ietf:params:xml:ns:yang:iana-if-type">i:ethernetCsmacd</type>
  </interface>
</interfaces>
`

/** An assertion about it, as the config of an image has it. */
export const asserts = (name: string, description: string): string =>
  JSON.stringify({
    path: `interfaces/interface[name='${name}']/description`,
    equals: description,
    subtree: `<interfaces xmlns="${INTERFACES}"/>`,
    source: 'running',
  })

/** Debian with netconfd behind SSH, on port 830: a NETCONF server that nobody here has written. */
export const netconfDirectory = (parent: string, netconf: string): string =>
  imageDirectory(
    parent,
    'netconf',
    `use: [
      debian({ suite: 'bookworm', kernel: 'distro', packages: ['netconfd', 'python3'] }),
      netconf(${netconf}),
    ],
    files: [{ from: 'netconf-server', to: '/usr/local/sbin/netconf-server' }],
    install: 'install.sh',`,
    { 'install.sh': INSTALL, 'netconf-server': SERVER, 'change.xml': CHANGE },
  )

/** An image that begins with the disk of another one, and is provisioned over NETCONF. */
export const provisionedDirectory = (parent: string, disk: string, netconf: string): string =>
  imageDirectory(
    parent,
    'provisioned',
    `use: [
      definePlugin({
        name: 'disk',
        version: '1',
        apply: ({ bootstrap, boot }) => {
          bootstrap.tap('copy', async (_, step) => {
            const copy = step.out + '/disk.qcow2'
            await step.run(['qemu-img', 'convert', '-O', 'qcow2', '${disk}', copy], { readable: ['${disk.replace(/[^/]+$/, '')}'] })
            return { kind: 'disk', chain: [step.ref('disk.qcow2')] }
          })
          boot.tap({ name: 'machine', inputs: {} }, (spec) => ({ ...spec, lesson: false, hostname: 'netconf' }))
        },
      }),
      netconf(${netconf}),
    ],`,
    { 'change.xml': CHANGE },
  )
