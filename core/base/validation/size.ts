/** A size as people write it: "512M", "1.5G". */
export const SIZE = /^\d+(\.\d+)?[MG]$/

/** A size in MiB. */
export const mibOf = (size: string): number =>
  Math.round(Number(size.slice(0, -1)) * (size.endsWith('G') ? 1024 : 1))
