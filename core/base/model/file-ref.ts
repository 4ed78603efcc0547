/** A file of a store entry, by the entry's key. */
export interface FileRef {
  readonly step: string
  readonly path: string
}
