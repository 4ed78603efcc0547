import { read } from '../support/docs.ts'

/** The shell lines of the blocks below one heading of the README, in order. */
export const readmeBlocks = (heading: string): string[] => {
  const [, section] = read('README.md').split(`\n## ${heading}\n`)
  if (section === undefined) throw new Error(`the README has no heading "${heading}"`)
  return [...section.split('\n## ')[0]!.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block!)
}
