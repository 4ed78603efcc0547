// npm run bench [-- kernel]: what antidote promises about speed and size, measured here and now.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { storeDirectory } from '../../core/store/read.ts'
import { hostMirror, sourceLines } from '../../core/store/toolbox/mirror.ts'
import { SUITE } from '../../core/store/toolbox/recipe.ts'
import { resolveOptions } from '../../plugins/debian/options.ts'
import { basePackages } from '../../plugins/debian/packages.ts'
import { ansibleRows } from './ansible.ts'
import { centosRows } from './centos.ts'
import { configureRows } from './configure.ts'
import { sizeRows, stockConfig } from './images.ts'
import { launcherRows } from './launcher.ts'
import { absolute, antidote, json, median, type Row, ratio, seconds, table } from './measure.ts'
import { netconfRows } from './netconf.ts'
import { Podman } from './podman.ts'
import { restoreRows } from './restore.ts'
import { throughputRows } from './throughput.ts'
import { vendorRow } from './vendor.ts'

const work = mkdtempSync(join(tmpdir(), 'antidote-bench-'))
const rows: Row[] = []
const podman = new Podman(work)
/** This repository's own image. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const directoryOf = (name: string, config: string): string => {
  const directory = join(work, name)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'antidote.config.ts'), config)
  return directory
}

/** An image directory with the given options of the debian plugin, and other settings. */
const image = (name: string, options: string, settings = ''): string => {
  const directory = directoryOf(
    name,
    `import { defineImage } from 'antidote'
import { debian } from 'antidote/plugins'
export default defineImage({ name: '${name}', use: [debian(${options})], install: 'install.sh', ${settings} })
`,
  )
  writeFileSync(join(directory, 'install.sh'), '#!/bin/sh\ntouch /etc/bench\n', { mode: 0o755 })
  return directory
}

/** A store that has the toolbox and the compiled kernel of another, and nothing else. */
const storeWithTools = (from: string): string => {
  const store = join(work, 'store')
  mkdirSync(join(store, 'steps'), { recursive: true })
  for (const key of readdirSync(join(from, 'steps'))) {
    const { described } = JSON.parse(readFileSync(join(from, 'steps', key, 'record.json'), 'utf8')) as {
      described: { tap: string }
    }
    if (['toolbox', 'kernel'].includes(described.tap))
      seconds(['cp', '-al', join(from, 'steps', key), join(store, 'steps', key)])
  }
  return store
}

try {
  const small = image('small', '{}')
  seconds(antidote('-C', small, 'build'))

  rows.push(
    absolute(
      'antidote --help',
      median(5, () => seconds(antidote('--help'))),
      0.2,
    ),
  )
  rows.push(
    absolute(
      'antidote plan',
      median(5, () => seconds(antidote('-C', small, 'plan'))),
      0.5,
    ),
  )
  rows.push(
    absolute(
      'build, nothing changed',
      median(5, () => seconds(antidote('-C', small, 'build'))),
      1.0,
    ),
  )
  rows.push(vendorRow(work))

  const env = { ...process.env, ANTIDOTE_CACHE_DIR: storeWithTools(storeDirectory()) }
  const packages = basePackages(resolveOptions({}, undefined)).join(',')
  const bare = seconds([
    'mmdebstrap',
    '--mode=root',
    '--variant=apt',
    `--include=${packages}`,
    SUITE,
    join(work, 'bare.tar'),
    ...sourceLines(SUITE, hostMirror()),
  ])
  rows.push(
    ratio(
      'build, kernel cached / bare mmdebstrap',
      seconds(antidote('-C', small, 'build'), { env }),
      bare,
      1.3,
    ),
  )

  writeFileSync(join(small, 'install.sh'), '#!/bin/sh\ntouch /etc/changed\n', { mode: 0o755 })
  const { stages } = json<{ stages: { stage: string; ms: number; cached: boolean }[] }>(
    ['-C', small, 'build'],
    env,
  )
  const again = stages.filter(({ cached }) => !cached).map(({ stage }) => stage)
  rows.push({
    what: 'stages run after a change in install.sh',
    value: again.join(', '),
    limit: 'provision, qcow2',
    ok: again.join() === 'provision,qcow2',
  })

  const boot = (directory: string): number =>
    json<{ bootMs: number }>(['-C', directory, 'boot', 'true'], process.env).bootMs / 1000
  const stock = directoryOf('stock', stockConfig)
  seconds(antidote('-C', stock, 'build'))
  const stockBoot = median(3, () => boot(stock))
  rows.push(
    ratio(
      'cold boot to SSH, minimal / stock cloud kernel, initrd and systemd',
      median(3, () => boot(small)),
      stockBoot,
      0.25,
    ),
  )

  rows.push(...(await ansibleRows(work)))
  rows.push(...(await centosRows(work)))

  const tags = { utility: 'antidotelabs/bench-utility:latest', minimal: 'antidotelabs/bench-minimal:latest' }
  const minimal = podman.load(image('minimal', '{}'), tags.minimal)
  rows.push(...sizeRows(podman.load(ROOT, tags.utility), minimal))
  rows.push(...(await launcherRows(podman, tags.minimal)))
  const saved = image('saved', '{}', "machine: { memory: '512M', snapshot: true }")
  const clones = 'antidotelabs/bench-saved:latest'
  const published = podman.load(saved, clones)
  rows.push(...(await restoreRows(podman, { image: saved, tag: clones, published, work }, stockBoot)))
  const talking = 'antidotelabs/bench-iperf:latest'
  podman.load(image('iperf', "{ packages: ['iperf3'] }"), talking)
  rows.push(...(await throughputRows(podman, talking)))
  rows.push(...(await configureRows(work)))
  rows.push(...(await netconfRows()))

  if (process.argv.includes('kernel')) {
    rows.push(
      absolute(
        'minimal kernel compiled',
        seconds(antidote('-C', small, 'build', '--until', 'kernel', '--no-cache')),
        300,
      ),
    )
  }
  process.stdout.write(table(rows))
} finally {
  podman.clean()
  rmSync(work, { recursive: true, force: true })
}
