/** What a command in a guest gave. */
export interface GuestResult {
  code: number
  stdout: string
  stderr: string
  /** It restarted the guest, which answers again; its output is not kept. */
  restarted?: boolean
}

export interface ExecOptions {
  input?: string | Uint8Array
  env?: Record<string, string>
  /** Called with each line of output, as it comes. */
  onLine?: (line: string) => void
  /** Return a failing exit status instead of throwing GUEST_COMMAND_FAILED. */
  allowFailure?: boolean
  /** Deadline in milliseconds. */
  timeout?: number
  /** Gives the command up, and throws the signal's reason. */
  signal?: AbortSignal
  /** It may restart the machine: that is waited for, and counts as status 0. A tree takes no notice. */
  mayRestart?: boolean
  /** Keep only the end of its output, 64 KiB: for what may print without end and is read line by line. */
  endOnly?: boolean
  /** As root, through sudo where the guest logs in as somebody else. */
  root?: boolean
}

export interface WriteOptions {
  /** Octal, for example 0o644. */
  mode?: number
  /** "user" or "user:group", by name or number. */
  owner?: string
}

export interface UploadOptions extends WriteOptions {
  /** Remove what is in the directory `to` and not in `from`. */
  replace?: boolean
  /** Keep the modes that files and directories have on the host. A tap that does so says them in its inputs. */
  keepModes?: boolean
}

/** What a command in a session gave, as bytes. */
export interface SessionResult {
  code: number
  stdout: Buffer
  stderr: Buffer
}

/** Runs a command in a session, after those that were asked for before it; a failing exit status is no error. */
export type SessionExec = (
  argv: readonly string[],
  options?: Pick<ExecOptions, 'root'> & {
    input?: string | Uint8Array
    /** Gives the command up. In a tree this ends the session; the next command begins another. */
    signal?: AbortSignal
  },
) => Promise<SessionResult>

/**
 * A system that can be worked on: a tree in a namespace, or a running machine over SSH.
 * A provisioner written against this works on both. No argument is ever read by a shell.
 */
export interface Guest {
  exec(argv: readonly string[], options?: ExecOptions): Promise<GuestResult>
  /** Writes a file whole, with the directories above it. */
  write(path: string, content: string | Uint8Array, options?: WriteOptions): Promise<void>
  read(path: string): Promise<Buffer>
  /**
   * Copies a file of the host into the guest, into `to` where that is a directory; or what is in a directory into a
   * directory. Links in it are copied as links. Directories that are there keep mode and owner; what is new is root's
   * and has the modes 0644 and 0755, as git keeps them, unless the options say otherwise; `mode` is for files. Missing
   * directories above are the owner's where they are in a home directory, else root's. Throws FILE_UNREADABLE and
   * FILE_OWNER.
   */
  upload(from: string, to: string, options?: UploadOptions): Promise<void>
  /**
   * Commands that belong together: what they leave in /tmp and /run, and the processes that they start, last until
   * `work` has ended. In a machine they do anyway. Nothing of it is logged.
   */
  session<T>(work: (exec: SessionExec) => Promise<T>): Promise<T>
  /** Copies a file of the guest to the host. */
  download(from: string, to: string): Promise<void>
}
