const MEGABYTE = 1024 ** 2

/** Bytes as people read them. */
export const formatBytes = (bytes: number): string => {
  // rounded first, so that 1024 of one unit is 1 of the next
  const megabytes = Math.round(bytes / MEGABYTE)
  if (megabytes >= 1024) return `${(bytes / (1024 * MEGABYTE)).toFixed(1)} GB`
  const kilobytes = Math.ceil(bytes / 1024)
  return kilobytes >= 1024 ? `${megabytes} MB` : `${kilobytes} kB`
}
