import { printable } from './printable.ts'

/** A line of a terminal as plain text: no colours, cursor movements or other control characters. */
export const plainLine = (line: string): string => printable(line).trimEnd()
