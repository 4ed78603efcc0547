import { errors } from '../../base/errors/catalogue.ts'
import { reveal, type Secret } from '../../base/model/secret.ts'
import type { Guest } from '../guest/guest.ts'
import { hasChanged, runTask } from './script.ts'

/** A user that a guest is to have. */
export interface GuestUser {
  name: string
  password?: string | Secret
  /** Left as it is if not named; `/bin/sh` for a new user. */
  shell?: string
  /** Groups it is in beside those it is in already. */
  groups?: readonly string[]
}

/** The names of users, groups and services that useradd(8) and service managers take. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@:-]{0,127}$/

const checkName = (what: string, name: string): void => {
  if (!NAME.test(name)) throw errors.taskArgument(what, name)
}

/** Makes sure of a user. Gives whether anything was different. Throws TASK_ARGUMENT and TASK_FAILED. */
export const ensureUser = async (guest: Guest, user: GuestUser): Promise<boolean> => {
  const { name, password = '', shell = '', groups = [] } = user
  checkName('user', name)
  for (const group of groups) checkName('group', group)
  const text = reveal(password)
  if (/[\r\n]/.test(text)) throw errors.taskArgument('password', 'a text with a line break')
  return hasChanged(await runTask(guest, 'user', [name, shell, ...groups], `${text}\n`))
}

/**
 * Restarts a service: a unit of systemd, a script in /etc/init.d, or a program that init starts again.
 * Throws TASK_ARGUMENT and TASK_FAILED.
 */
export const restartService = async (guest: Guest, name: string): Promise<void> => {
  checkName('service', name)
  await runTask(guest, 'service', [name])
}
