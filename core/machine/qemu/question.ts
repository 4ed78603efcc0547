import { plainLine } from '../../base/text/plain-line.ts'

/** How the text before a cursor ends where somebody is to type: a question, a choice, a shell's or a loader's prompt. */
const ASKS = /[:?>#$\]](?: ?["'][^"']*["'])?$|^\(\w+\)$|\bpress\b.*\b(?:key|enter|return)\b/i

/** What a kernel and an init write over a question or after it: no answer to it. */
const ASIDE = /^\[ *\d+\.\d+\]|^ *\[[ *A-Z]+\](?: |$)/

/** Whoever logs in is asked by a guest that has started. */
const LOGIN = /(?:^|\s)(?:login|password): *$/i

/** No question is longer; of a longer line only the end is one. */
const LONGEST = 200

/** Whether an unfinished line asks somebody something. */
const asks = (text: string): boolean => ASKS.test(text) && !ASIDE.test(text) && !LOGIN.test(text)

/** The parts of an unfinished line, each of which was written over by the next. */
export const partsOf = (ending: string): string[] =>
  ending
    .split('\r')
    // a line may have nothing but carriage returns
    .filter((part) => part !== '')
    .map(plainLine)

/** Keeps what a console asks, until that is answered: until something else follows than asides. */
export class Question {
  #text: string | undefined

  get text(): string | undefined {
    return this.#text
  }

  /** The guest has gone on, so nobody is asked any more. */
  forget(): void {
    this.#text = undefined
  }

  /** What an unfinished line says, as far as it has come. */
  unfinished(parts: readonly string[]): void {
    this.#text = parts.findLast(asks)?.slice(-LONGEST) ?? this.#text
  }

  /** A line that has ended. A message of the kernel may have ended one that asks. */
  ended(line: string): void {
    const aside = line.search(/\[ *\d+\.\d+\] /)
    const before = aside > 0 ? line.slice(0, aside).trimEnd() : ''
    if (asks(before)) this.#text = before.slice(-LONGEST)
    else if (!ASIDE.test(line)) this.#text = undefined
  }
}
