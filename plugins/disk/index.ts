import { type Disk, definePlugin, importDisk, type Plugin, reveal, type Scratch } from 'antidote'
import { checkOptions, type DiskImageOptions } from './options.ts'

export type { DiskImageOptions } from './options.ts'

const VERSION = '1'

/** An image from somebody else's disk: the bootstrap takes it in, and the machine gets the hardware that it needs. */
export const disk = (options: DiskImageOptions): Plugin => {
  checkOptions(options)
  const { path, url, sha256, size, format, extents = [], machine, login, redistributable } = options
  return definePlugin({
    name: 'disk',
    version: VERSION,
    apply({ bootstrap, boot }) {
      bootstrap.tap(
        {
          name: 'import',
          // what a sum stands for need not be read to know that it is the same; nor does it matter where it comes from
          inputs: {
            sha256: sha256?.toLowerCase(),
            format,
            ...(redistributable === false && { redistributable }),
          },
          files: [...(sha256 === undefined ? [path!] : []), ...extents],
        },
        (_nothing, step) =>
          importDisk(step, {
            ...(path !== undefined && { path }),
            ...(url !== undefined && { url }),
            ...(sha256 !== undefined && { sha256 }),
            ...(size !== undefined && { size }),
            ...(format && { format }),
            extents,
            redistributable: redistributable !== false,
          }),
      )
      // a step of its own: other hardware is no reason to convert the disk again
      if (machine)
        bootstrap.tap({ name: 'hardware', inputs: { machine } }, (imported: Scratch | Disk) => ({
          ...(imported as Disk),
          // what the disk's content tells, where nothing else is said
          machine: { ...(imported as Disk).machine, ...machine },
        }))
      if (login)
        boot.tap({ name: 'login', inputs: { login } }, (spec) => ({
          ...spec,
          login: { user: login.user, password: reveal(login.password) },
        }))
    },
  })
}
