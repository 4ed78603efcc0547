import { basename, join, resolve } from 'node:path'
import { filesBelow } from '../../base/files/below.ts'
import type { Logger } from '../../base/model/logger.ts'
import type { ImageConfig } from '../../contract/config/schema.ts'
import type { Endpoint, StageSettings } from '../../contract/plugin/endpoint.ts'
import { definePlugin, type Plugin } from '../../contract/plugin/plugin.ts'
import type { FileConfig } from '../../machine/tasks/file.ts'
import { ensureFiles, type GuestFile } from '../../machine/tasks/files.ts'
import { setAddresses, setHostname } from '../../machine/tasks/network.ts'
import type { GuestSettings } from '../../machine/tasks/settings.ts'
import { restartService } from '../../machine/tasks/system.ts'
import { keptModes } from './provision.ts'
import { CORE_VERSION } from './version.ts'

/** Where the paths of files begin, and what they may not lead out of. */
type Source = Pick<StageSettings, 'directory'> & Partial<Pick<StageSettings, 'inside'>>

/** The files that an entry of `files` names, one by one. Throws FILE_UNREADABLE and FILE_OUTSIDE. */
const placed = ({ directory, inside }: Source, { from, to, mode, owner }: FileConfig): GuestFile[] => {
  const source = resolve(directory, from)
  const attributes = {
    ...(inside !== undefined && { inside }),
    ...(mode && { mode: Number.parseInt(mode, 8) }),
    ...(owner && { owner }),
  }
  return filesBelow(source, inside).map((name) => {
    if (name !== '') return { from: join(source, name), to: join(to, name), ...attributes }
    return { from: source, to: to.endsWith('/') ? `${to}${basename(from)}` : to, ...attributes }
  })
}

/** Gives a running endpoint its name, addresses and files; services are restarted after a file was written. */
const apply = async (
  { guest, tell }: Endpoint,
  log: Logger,
  { hostname, interfaces, files, services }: GuestSettings,
  source: Source,
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
    files.flatMap((file) => placed(source, file)),
  )
  for (const path of written) changed(`${path} was written`)
  if (written.length === 0) return
  for (const name of services) {
    await restartService(guest, name)
    changed(`${name} was restarted`)
  }
}

/** Every file by itself: what links in a directory lead to is what is given. */
const oneByOne = (directory: string, files: readonly FileConfig[]): FileConfig[] =>
  files.flatMap((file) =>
    filesBelow(resolve(directory, file.from)).map((name) =>
      name === '' ? file : { ...file, from: join(file.from, name), to: `${file.to}/${name}` as const },
    ),
  )

/** Whether there is anything to give. */
const isEmpty = ({ hostname, interfaces, files }: GuestSettings): boolean =>
  hostname === undefined && Object.keys(interfaces).length === 0 && files.length === 0

/** What the image gives every endpoint that runs from it, and after it what the stage of a lesson gives this one. */
export const configure = ({ configure: own }: ImageConfig): Plugin =>
  definePlugin({
    name: 'antidote',
    version: CORE_VERSION,
    apply({ configure }, { directory }) {
      const files = oneByOne(directory, own.files)
      const modes = keptModes(directory, files)
      configure.tap(
        {
          name: 'guest settings',
          inputs: { own, ...(modes && { modes }) },
          files: files.map(({ from }) => from),
        },
        async (endpoint, step) => {
          if (!isEmpty(own)) await apply(endpoint, step.log, own, step)
          if (endpoint.settings)
            await apply(endpoint, step.log, endpoint.settings.settings, endpoint.settings)
        },
      )
    },
  })
