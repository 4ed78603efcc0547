import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { resolveOptions } from '../../plugins/centos/options.ts'
import { basePackages } from '../../plugins/centos/packages.ts'
import { distribution } from '../e2e/centos/repository.ts'
import { launch } from '../e2e/cli.ts'
import { freePort } from '../e2e/free-port.ts'
import { absolute, antidote, json, median, type Row, ratio, seconds } from './measure.ts'

/** Writes an image directory. */
const image = (work: string, name: string, use: string, files: Record<string, string> = {}): string => {
  const directory = join(work, name)
  mkdirSync(directory, { recursive: true })
  const config = `import { defineImage, definePlugin, toolset } from 'antidote'
import { centos, debian } from 'antidote/plugins'
void [definePlugin, toolset, centos, debian]
export default defineImage({ name: '${name}', use: [${use}] })
`
  for (const [path, content] of Object.entries({ 'antidote.config.ts': config, ...files }))
    writeFileSync(join(directory, path), content)
  return directory
}

/** The same packages by dnf alone, in the same tool set. */
const bare = (url: string, packages: readonly string[]): string => `definePlugin({
  name: 'bare',
  version: '1',
  apply: ({ bootstrap }) =>
    bootstrap.tap({ name: 'dnf', needs: { tools: toolset(['cpio', 'dnf', 'gpg', 'python3-dnf', 'rpm', 'rpm2cpio']) } }, async (_, step) => {
      const root = step.out + '/base'
      await step.run(['dnf', '-y', '--installroot=' + root, '--releasever=10', '--repofrompath=os,${url}/os', '--repo=os',
        '--setopt=os.gpgcheck=1', '--setopt=os.gpgkey=file://' + step.directory + '/key.asc', '--setopt=tsflags=nodocs',
        '--setopt=install_weak_deps=False', '--setopt=reposdir=/nowhere', '--setopt=cachedir=' + step.work + '/cache',
        '--setopt=logdir=' + step.work, '--setopt=persistdir=' + step.work + '/state', 'install', ${packages.map((name) => `'${name}'`).join(', ')}],
        { tools: 'tools', network: true, mounts: true, readable: [step.directory], env: { HOME: step.work } })
      return { kind: 'tree', layers: [step.ref('base')] }
    }),
})`

interface Stages {
  stages: { stage: string; ms: number }[]
}

/** What the CentOS family costs, on the distribution that the tests make. */
export const centosRows = async (work: string): Promise<Row[]> => {
  const path = await distribution()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  // measuring blocks this process
  const serve = 'exec python3 -u -m http.server --bind 127.0.0.1 --directory "$1" "$2" >&2'
  const server = launch(['sh', '-c', serve, 'sh', path, String(port)])
  try {
    await server.until(/Serving HTTP/)
    const files = { 'key.asc': readFileSync(join(path, 'key.asc'), 'utf8') }
    const use = `centos({ repositories: [{ name: 'os', baseurl: '${url}/os', key: 'key.asc' }] })`
    const ours = image(work, 'centos', use, files)
    const theirs = image(work, 'bare', bare(url, basePackages(resolveOptions({}))), files)
    const bootstrap = (directory: string): number => {
      const args = ['-C', directory, 'build', '--until', 'bootstrap', '--no-cache']
      return json<Stages>(args, process.env).stages[0]!.ms / 1000
    }
    // the tools are there after the first
    bootstrap(theirs)
    const stock = image(work, 'stock', "debian({ kernel: 'distro' })")
    seconds(antidote('-C', stock, 'build'))
    seconds(antidote('-C', ours, 'build'))
    const boot = (directory: string): number =>
      json<{ bootMs: number }>(['-C', directory, 'boot', 'true'], process.env).bootMs / 1000
    return [
      ratio(
        'CentOS bootstrap / bare dnf --installroot',
        median(3, () => bootstrap(ours)),
        median(3, () => bootstrap(theirs)),
        1.3,
      ),
      absolute(
        'CentOS build, nothing changed',
        median(5, () => seconds(antidote('-C', ours, 'build'))),
        1.0,
      ),
      ratio(
        'cold boot to SSH, CentOS / Debian of the same kernel and init',
        median(3, () => boot(ours)),
        median(3, () => boot(stock)),
        1.2,
      ),
    ]
  } finally {
    server.child.kill()
    await server.end
  }
}
