import { packTar, type TarSource } from 'modern-tar/fs'
import { errors } from '../../base/errors/catalogue.ts'
import { SOURCE_DATE_EPOCH } from '../../base/model/epoch.ts'

/** One entry of a layer. Directories above it are added where the list lacks them. */
export type LayerFile = {
  /** Where it is in the image, without a leading slash. */
  readonly path: string
  /** Who owns it; root where nobody is named. */
  readonly uid?: number
  readonly gid?: number
  /** Permission bits; a source keeps its own where none are given. */
  readonly mode?: number
} & (
  | {
      /** A file or symbolic link of the host. Two names of one file become a hard link. */ readonly source: string
    }
  | { readonly content: string | Uint8Array }
  | { readonly directory: true }
  | {
      /** Where a symbolic link leads. */ readonly link: string
    }
)

const MTIME = new Date(SOURCE_DATE_EPOCH * 1000)

const sourceOf = (file: LayerFile): TarSource => {
  const { path, mode, uid = 0, gid = 0 } = file
  const common = { uid, gid, mtime: MTIME }
  if ('directory' in file)
    return { type: 'content', content: null, target: `${path}/`, mode: mode ?? 0o755, ...common }
  if ('content' in file)
    return { type: 'content', content: file.content, target: path, mode: mode ?? 0o644, ...common }
  if ('link' in file) return { type: 'content', content: '', target: path, mode: 0o777, ...common }
  return { type: 'file', source: file.source, target: path, ...(mode !== undefined && { mode }), ...common }
}

const parentsOf = (path: string): string[] => {
  const parts = path.split('/')
  return parts.slice(1).map((_, depth) => parts.slice(0, depth + 1).join('/'))
}

/** The entries in the order of their paths, with every directory above them. Throws LAYER_PATH_TWICE. */
export const arrange = (files: readonly LayerFile[]): LayerFile[] => {
  const entries = new Map<string, LayerFile>()
  for (const file of files) {
    if (entries.has(file.path)) throw errors.layerPathTwice(file.path)
    entries.set(file.path, file)
  }
  for (const path of files.flatMap((file) => parentsOf(file.path))) {
    if (!entries.has(path)) entries.set(path, { path, directory: true })
  }
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/**
 * A tar of the entries: the same bytes for the same entries, on any host. Names, times and owners of the host stay
 * out; long names and files over 8 GiB go into PAX records. Extended attributes are not carried: no file that
 * a layer is cut from has any.
 */
export const tarOf = (files: readonly LayerFile[]) => {
  const links = new Map(files.flatMap((file) => ('link' in file ? [[file.path, file.link] as const] : [])))
  return packTar(arrange(files).map(sourceOf), {
    // the library takes links from disk only
    map: (header) => {
      const linkname = links.get(header.name)
      return linkname === undefined ? header : { ...header, type: 'symlink', linkname, size: 0 }
    },
  })
}
