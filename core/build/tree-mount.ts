import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Scaffold, Tree } from '../base/model/artifact.ts'
import { SOURCE_DATE_EPOCH } from '../base/model/epoch.ts'
import type { FileRef } from '../base/model/file-ref.ts'
import { lendNames } from '../machine/guest/host-names.ts'
import type { TreeMount } from '../machine/guest/tree.ts'
import { runIn, type StepNetwork } from '../store/namespace/namespace.ts'
import type { Store } from '../store/store.ts'

/** The directories of a tree's layers, the topmost first, as overlayfs wants them. */
export const lowerDirectories = (store: Store, tree: Pick<Tree, 'layers'>): string[] =>
  tree.layers.map((layer) => store.path(layer)).reverse()

/** Where a change of a tree is written. */
export interface MountDirectories {
  upper: string
  work: string
  scaffold: string
}

/** A tree that is being changed. */
export interface MountedTree {
  mount: TreeMount
  /** Ends the change; gives the layers of the tree with it, when `layer` is where it was written. */
  finish(layer: FileRef): Promise<readonly FileRef[]>
}

/** Writes what only build steps see into a directory of its own. */
const writeScaffold = async (
  { files = {}, directories = [] }: Scaffold,
  directory: string,
): Promise<string[]> => {
  for (const path of directories) await mkdir(join(directory, path), { recursive: true, mode: 0o755 })
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content, { mode: 0o755 })
  }
  return existsSync(directory) ? [directory] : []
}

/** The directories and those above them, each after the one that it is in. */
const withParents = (directories: readonly string[]): string[] => {
  const all = directories.flatMap((path) =>
    path
      .split('/')
      .slice(1)
      .map((_, index, names) => `/${names.slice(0, index + 1).join('/')}`),
  )
  return [...new Set(all)]
}

/** Copies layers as one tree, puts the directories and files of the scaffold where it has none, and prints which those are. */
const COPY = `set -eu
upper=$1 scaffold=$2
cp -a --reflink=auto /from/. "$upper"
shift 2
for path; do
  [ ! -e "$upper$path" ] && [ ! -L "$upper$path" ] || continue
  if [ -d "$scaffold$path" ]; then
    mkdir "$upper$path"
  else
    mkdir -p "$(dirname "$upper$path")"
    cp -p "$scaffold$path" "$upper$path"
  fi
  printf '%s\\n' "$path"
done`

/** Takes what came from the scaffold out again, but for what the tree has of its own by now. */
const TAKE_OUT = `set -eu
upper=$1 scaffold=$2
shift 2
for path; do
  if [ -d "$scaffold$path" ]; then
    [ -L "$upper$path" ] || [ ! -d "$upper$path" ] || rmdir --ignore-fail-on-non-empty "$upper$path"
  else
    ! cmp -s "$scaffold$path" "$upper$path" || rm "$upper$path"
  fi
done`

const copyTree = async (
  store: Store,
  tree: Tree,
  { upper, scaffold }: MountDirectories,
): Promise<() => Promise<void>> => {
  const { files = {}, directories = [] } = tree.scaffold ?? {}
  const paths = [...withParents(directories), ...Object.keys(files)]
  const operations = [
    { host: true },
    { view: { at: '/from', lower: lowerDirectories(store, tree) } },
    { bind: upper },
    ...(paths.length > 0 ? [{ bind: scaffold, readOnly: true }] : []),
  ] as const
  const script = (text: string, paths: readonly string[]) =>
    runIn({ operations })(['sh', '-c', text, 'sh', upper, scaffold, ...paths])
  const placed = (await script(COPY, paths)).stdout.split('\n').filter(Boolean)
  return async () => {
    if (placed.length > 0) await script(TAKE_OUT, placed.reverse())
  }
}

/**
 * Mounts a tree to be changed: as a layer over the tree's own, or where the store's file system cannot have that as a
 * copy.
 */
export const mountTree = async (
  store: Store,
  tree: Tree,
  directories: MountDirectories,
  network: StepNetwork,
): Promise<MountedTree> => {
  const { upper, work } = directories
  await mkdir(upper, { recursive: true, mode: 0o755 })
  await mkdir(work, { recursive: true })
  const seen = (tree.scaffold?.directories ?? []).filter((path) => existsSync(path))
  const shown = { ...tree.scaffold, directories: seen }
  const scaffold = await writeScaffold(shown, directories.scaffold)
  const env = { SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH), ...tree.scaffold?.env }
  if ((await store.layering()) === 'copies') {
    const takeOut = await copyTree(store, { ...tree, scaffold: shown }, directories)
    return {
      mount: { lower: [], upper, work, env, directories: seen, network },
      finish: async (layer) => {
        await takeOut()
        return [layer]
      },
    }
  }
  const own = lowerDirectories(store, tree)
  const host = { resolver: network.resolver, hosts: '/etc/hosts' }
  const lower = [...(await lendNames(own, `${work}.names`, host)), ...own, ...scaffold]
  return {
    mount: { lower, upper, work, env, directories: seen, network },
    finish: async (layer) => [...tree.layers, layer],
  }
}
