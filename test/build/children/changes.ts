// changes.ts STORE PACKAGES: changes the tree of the entry "base" twice, as steps do; says what there is then. PACKAGES is a directory that the
// steps see
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Tree } from '../../../core/base/model/artifact.ts'
import { lowerDirectories, mountTree } from '../../../core/build/tree-mount.ts'
import { TreeGuest } from '../../../core/machine/guest/tree.ts'
import { nameService } from '../../../core/store/namespace/name-service.ts'
import { runIn } from '../../../core/store/namespace/namespace.ts'
import { Store } from '../../../core/store/store.ts'

const store = await new Store(process.argv[2]).open()
const files = { '/usr/sbin/only-here': 'scaffold\n', '/etc/table': 'scaffold\n', '/etc/kept': 'scaffold\n' }
const packages = process.argv[3]!
const network = { names: await nameService(), resolver: '/etc/resolv.conf' }
const scaffold = { files, directories: [packages, `${packages}.missing`] }
let tree: Tree = { kind: 'tree', key: '', layers: [{ step: 'base', path: 'tree' }], scaffold }
const change = async (step: string, script: string): Promise<void> => {
  const at = join(store.directory, 'steps', step)
  mkdirSync(at)
  const part = (name: string) => join(at, name)
  const directories = { upper: part('layer'), work: part('work'), scaffold: part('scaffold') }
  const { mount, finish } = await mountTree(store, tree, directories, network)
  await new TreeGuest({ ...mount, onLine: (line) => console.log(line) }).exec(['sh', '-euc', script])
  tree = { ...tree, layers: await finish({ step, path: 'layer' }) }
}
await change(
  'one',
  'cat /usr/sbin/only-here /etc/table; rm /etc/gone; echo one >/etc/one; echo own >/etc/kept; chown 12:34 /etc/one',
)
await change(
  'packages',
  `cat ${packages}/index; (echo >${packages}/index) 2>/dev/null || echo refused; ls -d ${packages}.missing 2>/dev/null || echo missing`,
)
await change('two', 'cat /etc/one; ls /etc/gone 2>/dev/null || echo gone; rm -r /etc/full; mkdir /etc/full')
console.log(await store.layering(), tree.layers.length)
// what comes after sees all of it in one, and none of what only steps see
const list =
  'cd /tree/etc; stat -c "%u:%g %n" one; ls full; cat kept table; ls /tree/var; ls /tree/usr/sbin/only-here 2>/dev/null'
const view = { view: { at: '/tree', lower: lowerDirectories(store, tree) } }
const { stdout } = await runIn({ operations: [{ host: true }, view] })(['sh', '-c', list], {
  allowFailure: true,
})
process.stdout.write(stdout)
