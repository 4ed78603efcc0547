import type { CompletionOption, CompletionTree, Values } from './tree.ts'

/** A text within single quotes, where colons and brackets would mean something to _arguments. */
const text = (words: string): string => words.replace(/[:[\]\\]/g, '\\$&').replaceAll("'", "'\\''")

const action = (values: Values): string => {
  if (values === 'file') return '_files'
  if (values === 'directory') return '_files -/'
  return values === 'any' ? ' ' : `(${values.join(' ')})`
}

const optionSpecs = ({ names, description, values }: CompletionOption): string[] => {
  const exclusive = `(${names.join(' ')})`
  const value = values === undefined ? '' : `:value:${action(values)}`
  return names.map((name) => `'${exclusive}${name}[${text(description)}]${value}'`)
}

/** The completion of zsh, for a file "_antidote" in fpath, or to be read with eval. */
export const zshCompletion = ({ options, verbs }: CompletionTree): string => `#compdef antidote
# zsh completion for antidote: eval "$(antidote completion zsh)" after compinit
_antidote() {
  local context state line
  typeset -A opt_args
  _arguments -C \\
${options
  .flatMap(optionSpecs)
  .map((spec) => `    ${spec} \\`)
  .join('\n')}
    '1:verb:->verb' \\
    '*::argument:->argument'
  case $state in
    verb)
      local -a verbs=(
${verbs.map(({ name, description }) => `        '${name}:${description.replaceAll("'", "'\\''")}'`).join('\n')}
      )
      _describe verb verbs ;;
    argument)
      case $line[1] in
${verbs
  .map(
    ({ name, options: own, arguments: given }) => `        ${name})
          _arguments \\
${[
  ...[...options, ...own.filter(({ names }) => !names.includes('--help'))].flatMap(optionSpecs),
  ...given.map((values, index) => `'${index + 1}:argument:${action(values)}'`),
  `'*::command:_normal'`,
]
  .map((spec) => `            ${spec}`)
  .join(' \\\n')} ;;`,
  )
  .join('\n')}
      esac ;;
  esac
}
if [[ $funcstack[1] == _antidote ]]; then _antidote "$@"; else compdef _antidote antidote; fi
`
