import type { CompletionOption, CompletionTree, Values } from './tree.ts'

const quoted = (words: string): string => `'${words.replace(/['\\]/g, '\\$&')}'`

const offered = (values: Values): string => {
  if (values === 'file') return ' --force-files'
  if (values === 'directory') return " --no-files --arguments '(__fish_complete_directories)'"
  return values === 'any' ? ' --no-files' : ` --no-files --arguments ${quoted(values.join(' '))}`
}

const optionLine = (condition: string, { names, description, values }: CompletionOption): string => {
  const flags = names.map((name) =>
    name.startsWith('--') ? ` --long-option ${name.slice(2)}` : ` --short-option ${name.slice(1)}`,
  )
  const value = values === undefined ? '' : ` --require-parameter${offered(values)}`
  return `complete --command antidote${condition}${flags.join('')}${value} --description ${quoted(description)}`
}

/** The completion of fish, for a file in its completions directory, or to be read with source. */
export const fishCompletion = ({ options, verbs }: CompletionTree): string => {
  const names = verbs.map(({ name }) => name).join(' ')
  const none = ` --condition 'not __fish_seen_subcommand_from ${names}'`
  const lines = verbs.flatMap(({ name, description, options: own, arguments: given }) => {
    const within = ` --condition '__fish_seen_subcommand_from ${name}'`
    return [
      `complete --command antidote${none} --no-files --arguments ${name} --description ${quoted(description)}`,
      ...own
        .filter(({ names: flags }) => !flags.includes('--help'))
        .map((option) => optionLine(within, option)),
      ...given.map((values) => `complete --command antidote${within}${offered(values)}`),
    ]
  })
  return `# fish completion for antidote: antidote completion fish | source
${options.map((option) => optionLine('', option)).join('\n')}
${lines.join('\n')}
`
}
