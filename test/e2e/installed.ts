import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { must, ROOT } from './cli.ts'

/** Packs antidote as it would be published. Gives the path of the tarball. */
export const pack = async (work: string): Promise<string> => {
  await must(['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', work], { cwd: ROOT })
  return join(work, readdirSync(work).find((name) => /^antidote-.*\.tgz$/.test(name))!)
}

/** Runs npm in a directory, from its cache where that has what is wanted. */
export const npm = (directory: string, ...args: string[]): Promise<string> =>
  must(['npm', ...args, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: directory,
  })

/** A directory with nothing but packages that were installed there: names, or paths of tarballs. */
export const project = async (directory: string, packages: readonly string[]): Promise<string> => {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }\n')
  await npm(directory, 'install', ...packages)
  return directory
}
