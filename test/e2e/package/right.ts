// every door of the package, used as an author uses it; the tests compile it against the installed package
import { type DiskMachine, defineImage, definePlugin, type Plugin, type Size } from 'antidote'
import { centos, debian, disk } from 'antidote/plugins'
import { cumulusEndpoint, debianEndpoint, utility, vqfxEndpoint } from 'antidote/presets'
import { eventually, expectFile, expectOutput, runScript } from 'antidote/testing'

const hello = (options: { text: string }): Plugin =>
  definePlugin({
    name: 'hello',
    version: '1.0.0',
    options,
    apply({ bootstrap, rootfs, provision, qcow2, boot, test, publish, configure }) {
      bootstrap.tap('disk', (_, step) => ({ kind: 'disk', chain: [step.ref('disk.qcow2')] }))
      rootfs.tap('write', (tree, step) => step.edit(tree, (guest) => guest.write('/etc/motd', options.text)))
      provision.tap({ name: 'run', inputs: {} }, async (tree, step) => {
        const { stdout } = await step.run(['date'])
        step.log.info(stdout)
        return tree
      })
      qcow2.tap('same', (artifact) => artifact)
      boot.tap('memory', (spec) => ({ ...spec, memory: 1024 }))
      test.tap('text', async ({ guest }) => {
        await eventually(() => expectOutput(guest, ['cat', '/etc/motd'], options.text))
        await expectFile(guest, '/etc/motd', /./)
        await runScript(guest, 'check.sh')
      })
      publish.tap('layout', (layout) => void layout)
      configure.tap('endpoint', async ({ guest }) => void (await guest.exec(['true'])))
    },
  })

const memory: Size = '1.5G'
const machine: DiskMachine = { cpus: 2, memory: 512, nic: 'e1000' }
const sha256 = '0'.repeat(64)

export default defineImage({
  name: 'right',
  use: [debianEndpoint({ suite: 'trixie' }), [hello({ text: 'x' }), [utility()]]],
  files: [{ from: 'motd', to: '/etc/motd', mode: '0644', owner: 'root:root' }],
  install: 'install.sh',
  post: ['one.sh', 'two.sh'],
  disk: { margin: '512M' },
  machine: { memory, cpus: 2, ready: 'http:8080/health', interfaces: ['net0'], snapshot: true },
  ports: ['22/tcp', '161/udp'],
  configure: { interfaces: { eth1: ['10.0.0.1/24', '2001:db8::1/64'] } },
})

export const others: Plugin[] = [
  debian({ suite: 'bookworm', kernel: 'distro', init: 'systemd', packages: ['jq'] }),
  centos({ distribution: 'rocky', release: '9.6' }),
  centos({ release: 10 }),
  disk({ path: 'disk.vmdk', machine }),
  ...cumulusEndpoint({ disk: { path: 'cumulus.qcow2', sha256 }, release: '5.12.1', memory: '2G' }),
  ...vqfxEndpoint({ disk: { path: 'vqfx.vmdk', sha256 } }),
]
