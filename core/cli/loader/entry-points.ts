import { nearest } from '../../base/text/nearest.ts'

/** What a config can import of this package, by the name of the entry point. */
export type EntryPoints = Record<string, object>

/** The entry point that a name was meant to be: "antidote/presets" for "antidote/preset" or "antidotee/presets". */
export const nearestEntryPoint = (name: string, known: readonly string[]): string | undefined => {
  const joined = known.find((entry) => entry.replace('/', '-') === name)
  if (joined !== undefined) return joined
  const [first, ...rest] = name.split('/')
  const root = nearest(first!, ['antidote'])
  if (root === undefined || rest.length === 0) return root
  // the part after the slash alone: as a whole, every such name is near every other
  const part = nearest(
    rest.join('/'),
    known.filter((entry) => entry !== root).map((entry) => entry.slice(root.length + 1)),
  )
  return part && `${root}/${part}`
}

/** A name shorter than this is near too many others. */
const LEAST_TO_GUESS = 5

/** What to do about a name that a config uses and does not have: the import that gives it, or the name that was meant. */
export const importHint = (name: string, modules: EntryPoints): string | undefined => {
  const from = (wanted: string) => Object.keys(modules).find((entry) => wanted in modules[entry]!)
  const importOf = (wanted: string) => `\`import { ${wanted} } from '${from(wanted)}'\``
  if (from(name)) return `Write ${importOf(name)} at the top.`
  if (name.length < LEAST_TO_GUESS) return undefined
  const near = nearest(name, Object.values(modules).flatMap(Object.keys))
  return near && `Did you mean "${near}"? Its import is ${importOf(near)}.`
}
