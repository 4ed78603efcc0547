import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { FileConfig } from '../config/file.ts'
import type { GuestSettings } from '../config/guest.ts'
import type { ImageConfig } from '../config/schema.ts'
import type { Endpoint } from '../lifecycle/endpoint.ts'
import type { Logger } from '../lifecycle/logger.ts'
import { definePlugin, type Plugin } from '../lifecycle/plugin.ts'
import { ensureFiles, type GuestFile } from '../tasks/files.ts'
import { setAddresses, setHostname } from '../tasks/network.ts'
import { restartService } from '../tasks/system.ts'
import { CORE_VERSION } from './version.ts'

/** The files below a directory, by their path in it; links are followed. */
const filesBelow = async (directory: string, inside = ''): Promise<string[]> => {
  const found: string[] = []
  for (const name of (await readdir(join(directory, inside))).sort()) {
    const path = join(inside, name)
    const isDirectory = (await stat(join(directory, path))).isDirectory()
    found.push(...(isDirectory ? await filesBelow(directory, path) : [path]))
  }
  return found
}

const placed = async (directory: string, { from, to, mode, owner }: FileConfig): Promise<GuestFile[]> => {
  const source = resolve(directory, from)
  const attributes = { ...(mode && { mode: Number.parseInt(mode, 8) }), ...(owner && { owner }) }
  if (!(await stat(source)).isDirectory()) {
    const target = to.endsWith('/') ? `${to}${basename(from)}` : to
    return [{ from: source, to: target, ...attributes }]
  }
  const names = await filesBelow(source)
  return names.map((name) => ({ from: join(source, name), to: join(to, name), ...attributes }))
}

/** Gives a running endpoint its name, addresses and files; services are restarted after a file was written. */
const apply = async (
  { guest, tell }: Endpoint,
  log: Logger,
  { hostname, interfaces, files, services }: GuestSettings,
  directory: string,
): Promise<void> => {
  const changed = (what: string) => {
    log.info(what)
    tell?.('changed')
  }
  tell?.('unchanged')
  if (hostname !== undefined && (await setHostname(guest, hostname))) changed(`it is called ${hostname}`)
  for (const [name, addresses] of Object.entries(interfaces))
    if (await setAddresses(guest, name, addresses))
      changed(`${name} has ${addresses.join(', ') || 'no address'}`)
  const written = await ensureFiles(
    guest,
    (await Promise.all(files.map((file) => placed(directory, file)))).flat(),
  )
  for (const path of written) changed(`${path} was written`)
  if (written.length === 0) return
  for (const name of services) {
    await restartService(guest, name)
    changed(`${name} was restarted`)
  }
}

/** Whether there is anything to give. */
const isEmpty = ({ hostname, interfaces, files }: GuestSettings): boolean =>
  hostname === undefined && Object.keys(interfaces).length === 0 && files.length === 0

/** What the image gives every endpoint that runs from it, and after it what the stage of a lesson gives this one. */
export const configure = ({ configure: own }: ImageConfig): Plugin =>
  definePlugin({
    name: 'antidote',
    version: CORE_VERSION,
    apply({ configure }) {
      configure.tap(
        { name: 'guest settings', inputs: { own }, files: own.files.map(({ from }) => from) },
        async (endpoint, step) => {
          if (!isEmpty(own)) await apply(endpoint, step.log, own, step.directory)
          if (endpoint.settings)
            await apply(endpoint, step.log, endpoint.settings.settings, endpoint.settings.directory)
        },
      )
    },
  })
