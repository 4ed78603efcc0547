import type { CompletionOption, CompletionTree, Values } from './tree.ts'

const namesOf = (options: readonly CompletionOption[]): string =>
  options.flatMap(({ names }) => names).join(' ')

const offer = (values: Values): string => {
  if (values === 'file') return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word")'
  if (values === 'directory') return 'compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$word")'
  return values === 'any' ? ':' : `COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$word"))`
}

/** The options of a verb that take a value, as patterns of "verb option". */
const valueCases = (verb: string, options: readonly CompletionOption[]): string[] =>
  options.flatMap(({ names, values }) =>
    values === undefined
      ? []
      : [`    ${names.map((name) => `'${verb} '${name}`).join(' | ')}) ${offer(values)}; return ;;`],
  )

/** The completion of bash, for a file that bash reads; needs nothing but bash. */
export const bashCompletion = ({ options, verbs }: CompletionTree): string => {
  const taking = options.flatMap(({ names, values }) => (values === undefined ? [] : names))
  const takingOf = verbs.map(({ name, options: own }) => {
    const all = own.flatMap(({ names, values }) => (values === undefined ? [] : names))
    return `    ${name}) valued=' ${[...taking, ...all].join(' ')} ' ;;`
  })
  return `# bash completion for antidote: eval "$(antidote completion bash)"
_antidote() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local verb= place=0 index valued=' ${taking.join(' ')} '
  COMPREPLY=()
  # the verb, and which of its arguments this is
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      --) compopt -o default; return ;;
      -*) [[ $valued == *" \${COMP_WORDS[index]} "* ]] && ((index++)) ;;
      *)
        if [[ -n $verb ]]; then ((place++)); continue; fi
        verb=\${COMP_WORDS[index]}
        case $verb in
${takingOf.map((line) => `      ${line}`).join('\n')}
        esac ;;
    esac
  done
  case "$verb $before" in
${verbs.flatMap(({ name, options: own }) => valueCases(name, own)).join('\n')}
  esac
  case $before in
${options
  .filter(({ values }) => values !== undefined)
  .map(({ names, values }) => `    ${names.join(' | ')}) ${offer(values!)}; return ;;`)
  .join('\n')}
  esac
  if [[ $word == -* ]]; then
    case $verb in
${verbs.map(({ name, options: own }) => `      ${name}) COMPREPLY=($(compgen -W '${namesOf([...options, ...own])}' -- "$word")) ;;`).join('\n')}
      *) COMPREPLY=($(compgen -W '${namesOf(options)}' -- "$word")) ;;
    esac
    return
  fi
  case "$verb $place" in
    ' 0') COMPREPLY=($(compgen -W '${verbs.map(({ name }) => name).join(' ')}' -- "$word")) ;;
${verbs.flatMap(({ name, arguments: given }) => given.map((values, place) => `    '${name} ${place}') ${offer(values)} ;;`)).join('\n')}
    *) compopt -o default ;;
  esac
}
complete -F _antidote antidote
`
}
