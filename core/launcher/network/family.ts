/** An interface name taken apart at its last number; `net10` is number 10 of the family `net`. */
export interface Name {
  name: string
  family: string
  /** Undefined where the name has none. */
  number?: number
}

/** Takes a name apart. What stands after the number belongs to the family: `eth1a` is not in the family of `eth1`. */
export const splitName = (name: string): Name => {
  const [, before, digits, after] = /^(.*?)(\d+)(\D*)$/.exec(name) ?? []
  if (digits === undefined) return { name, family: name }
  return { name, family: after ? `${before}#${after}` : before!, number: Number(digits) }
}

/** In slot order: the family of `first`, then by family, names without a number last; within a family by number. */
export const sortNames = (names: readonly string[], first: string | undefined): Name[] => {
  const leading = first === undefined ? undefined : splitName(first).family
  return names
    .map(splitName)
    .sort(
      (a, b) =>
        Number(b.family === leading) - Number(a.family === leading) ||
        Number(a.number === undefined) - Number(b.number === undefined) ||
        (a.family < b.family ? -1 : a.family > b.family ? 1 : (a.number ?? 0) - (b.number ?? 0)),
    )
}
