/** Where a step tells what it does. Secrets are masked before a line leaves it. */
export interface Logger {
  /** For the person: one line, worth reading. */
  info(message: string): void
  warn(message: string): void
  /** For the log file: a command's output. */
  line(text: string): void
}
