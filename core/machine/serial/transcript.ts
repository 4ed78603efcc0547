/** Replaces a secret. */
export const MASK = '••••'

/** Lines that are kept. */
const KEPT = 2000

/** What was said on a line, both ways, without its secrets. */
export class Transcript {
  readonly #log: ((line: string) => void) | undefined
  readonly #secrets = new Set<string>()
  #lines: string[] = []
  #typed = false

  constructor(log: ((line: string) => void) | undefined) {
    this.#log = log
  }

  /** Keeps a text out of everything from here on. */
  mask(secret: string): void {
    if (secret !== '') this.#secrets.add(secret)
  }

  /** A line that came; the end of a line that was typed is none. */
  came(line: string): void {
    if (line !== '' || !this.#typed) this.#add(line)
  }

  /** Typed text, behind what stood there; what is not visible is written as in a string. */
  sent(before: string, text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is made visible
    const visible = this.clean(text).replace(/[\x00-\x1f\x7f]/g, (one) => JSON.stringify(one).slice(1, -1))
    this.#add(`${before}→ ${visible}`)
    this.#typed = true
  }

  clean(text: string): string {
    let result = text
    for (const secret of this.#secrets) result = result.replaceAll(secret, MASK)
    return result
  }

  /** The last lines that are not empty, with the one that is not finished. */
  last(count: number, unfinished: string): string[] {
    const all = [...this.#lines.slice(-10 * count), this.clean(unfinished.trimEnd())]
    return all.filter((line) => line.trim() !== '').slice(-count)
  }

  text(unfinished: string): string {
    return [...this.#lines, ...(unfinished === '' ? [] : [this.clean(unfinished)])].join('\n')
  }

  #add(line: string): void {
    const clean = this.clean(line)
    this.#typed = false
    this.#lines.push(clean)
    if (this.#lines.length > 2 * KEPT) this.#lines = this.#lines.slice(-KEPT)
    this.#log?.(clean)
  }
}
