import { basename } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files whose images need no compiled kernel: they run while it is being compiled. */
const NO_KERNEL = ['user', 'sources', 'network', 'network-transparent']

/** Files that take minutes, the longest first: one that begins last would be waited for alone. */
const LONG = [
  'vqfx',
  'cumulus',
  'debian',
  'centos',
  'clones',
  'live',
  'netconf',
  'configure',
  'ansible',
  'disk',
  'hydrate',
  'snapshot',
  'snapshot-hotplug',
  'interfaces',
  'interrupt',
  'snapshot-proof',
  'bad-input',
  'utility',
  'publish',
  'lifecycle',
]

const rank = ({ moduleId }: TestSpecification): number => {
  const name = basename(moduleId, '.test.ts')
  if (NO_KERNEL.includes(name)) return NO_KERNEL.indexOf(name) - NO_KERNEL.length
  return LONG.includes(name) ? LONG.indexOf(name) : LONG.length
}

/** End-to-end tests in an order that leaves no processor idle; what a failed run remembers does not change it. */
export class Order extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    if (files.some(({ project }) => project.name !== 'e2e')) return super.sort(files)
    return [...files].sort((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId))
  }
}
