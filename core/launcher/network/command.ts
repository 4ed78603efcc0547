/** One line for `ip -batch` or `tc -batch`. */
export interface Command {
  argv: readonly string[]
  /** The interface it is about. */
  subject: string
}
