import { styleText } from 'node:util'

const colour = (name: Parameters<typeof styleText>[0]) => (text: string) =>
  process.stderr.isTTY && !process.env.NO_COLOR ? styleText(name, text) : text

/** The few colours of the command line; none where standard error is not a terminal. */
export const style = {
  bad: colour(['bold', 'red']),
  good: colour('green'),
  warn: colour('yellow'),
  dim: colour('dim'),
  bold: colour('bold'),
}
