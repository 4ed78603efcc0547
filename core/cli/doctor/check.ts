/** Commands that mend a fault, in this order, each as an argument vector. */
export interface Fix {
  commands: readonly (readonly string[])[]
  /** Only root may run them. */
  root: boolean
  /** May run unasked: it adds something, takes nothing away and loosens no protection. */
  safe: boolean
}

/** What a check found. */
export interface Outcome {
  ok: boolean
  /** One sentence, or a version or size; without an end. */
  detail: string
  fix?: Fix
  /** Not as it should be, and yet builds go on, whatever the check says of itself. */
  minor?: boolean
}

/** One thing that must be so on a machine that builds images. */
export interface Check {
  name: string
  /** No image can be built without it. */
  essential: boolean
  run(): Promise<Outcome>
}

/** A check with what it found. */
export interface Finding extends Outcome {
  name: string
  /** Whether no image can be built unless it is ok. */
  essential: boolean
  state: 'ok' | 'warning' | 'failed'
}
