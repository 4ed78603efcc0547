/** An OCI content digest. */
export type Digest = `sha256:${string}`

/** An image as an OCI image layout on disk; what a tap of the publish stage gets. Frozen. */
export interface Layout {
  readonly directory: string
  readonly name: string
  /** Who logs in. */
  readonly user: string
  /** Its names with tags, as `--tag` and TARGET_VERSION made them; the layout itself holds the first. */
  readonly refs: readonly string[]
  /** The image key: equal for what is made from the same. */
  readonly key: string
  readonly manifestDigest: Digest
  readonly configDigest: Digest
  readonly layers: readonly {
    readonly role: string
    readonly mediaType: string
    readonly digest: Digest
    readonly bytes: number
    /** False where a vendor's bits are in it. */
    readonly redistributable: boolean
  }[]
  /** Of a delta: the digest of the whole image's manifest, which a layer with a vendor's bits is missing to. */
  readonly completes?: Digest
}
