/** The longest name of a host, and of a Kubernetes Service. */
const LONGEST = 63

/** A directory's name as the name of an image and of a host, or undefined if nothing of it is left. */
export const imageName = (text: string): string | undefined => {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
  const name = plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, LONGEST)
    .replace(/-$/, '')
  return name || undefined
}

/** What JavaScript keeps for itself. */
const RESERVED =
  /^(arguments|await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|eval|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|undefined|var|void|while|with|yield|test|assert)$/

/** The name of a function for a plugin of that name: `my-plugin` is `myPlugin`. */
export const callName = (name: string): string => {
  const call = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return /^[a-z]/.test(call) && !RESERVED.test(call)
    ? call
    : `plugin${call[0]!.toUpperCase()}${call.slice(1)}`
}
