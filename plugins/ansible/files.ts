import { readdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * What ansible looks for beside a playbook: "Sample directory layout", "Adding modules and plugins locally" and
 * "Using collections in playbooks" of its documentation.
 */
const LAYOUT = [
  'action_plugins',
  'ansible.cfg',
  'collections',
  'files',
  'filter_plugins',
  'group_vars',
  'handlers',
  'host_vars',
  'library',
  'lookup_plugins',
  'module_utils',
  'playbooks',
  'roles',
  'tasks',
  'templates',
  'test_plugins',
  'vars',
]

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/**
 * The files and directories that a playbook reads, relative to the image's directory. A playbook in a directory of
 * its own has all of it; one beside the config has what there is of ansible's layout, and other YAML files.
 */
export const playbookFiles = (
  directory: string,
  playbook: string,
  more: readonly string[] = [],
): string[] => {
  const home = dirname(playbook)
  const beside = resolve(directory, home)
  const own = beside !== resolve(directory)
  const found = !isDirectory(beside)
    ? []
    : own
      ? [home]
      : readdirSync(beside).filter((name) => LAYOUT.includes(name) || /\.ya?ml$/.test(name))
  // named by itself too, so that it is missed where it is not there
  return [...new Set([...found, playbook, ...more])].sort()
}
