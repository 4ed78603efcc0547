import type { Reaction } from './states.ts'

/** Pagers of consoles, with the key that gives the next page; to be put into the `on` of a state. */
export const pagers: readonly Reaction[] = [
  // "--More--", "-- More --", "--More--(34%)", "<--- More --->", "---(more)---", "---(more 45%)---"
  { see: /(?:<?-{2,} ?\(?more(?: \d+%)?\)? ?-{2,}>?)(?:\(\d+%\))? *$/i, send: ' ' },
  // "Press any key to continue", "Press <SPACE> for more"
  { see: /press (?:any key|<?space>?|<?enter>?)[^\n]*$/i, send: ' ' },
  // less(1) at the end of a text and before it
  { see: /(?:^|\n)(?:lines \d+-\d+(?:\/\d+)? )?\(END\)$/, send: 'q' },
  { see: /(?:^|\n)(?::|lines \d+-\d+(?:\/\d+ \d+%)?)$/, send: ' ' },
]
