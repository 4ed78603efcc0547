import { AsyncLocalStorage } from 'node:async_hooks'

type Watch = (command: string) => void

const watches = new AsyncLocalStorage<readonly Watch[]>()

/** Calls `watch` with every command that `act` starts, on the host or in a guest, by its title. */
export const watchingCommands = <T>(watch: Watch, act: () => T): T =>
  watches.run([...(watches.getStore() ?? []), watch], act)

/** Tells those who watch that a command begins. */
export const commandBegins = (title: string): void => {
  for (const watch of watches.getStore() ?? []) watch(title)
}
