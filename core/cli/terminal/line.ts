import { printable } from '../../base/text/printable.ts'

/** What a script or guest says, as one line of a display that is redrawn; its width is what a program may count on. */
export const lineOf = (text: string): string => printable(text).replace(/\s+/g, ' ').trim()
