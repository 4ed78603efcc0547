import { definePlugin, importDisk, type Plugin, reveal } from 'antidote'
import { checkOptions, type DiskImageOptions } from './options.ts'

export type { DiskImageOptions } from './options.ts'

const VERSION = '1'

/** An image from somebody else's disk: the bootstrap takes it in, and the machine gets the hardware that it needs. */
export const disk = (options: DiskImageOptions): Plugin => {
  checkOptions(options)
  const { path, url, sha256, format, extents = [], machine, login, redistributable } = options
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
            machine,
            ...(redistributable === false && { redistributable }),
          },
          files: [...(sha256 === undefined ? [path!] : []), ...extents],
        },
        async (_nothing, step) => {
          const imported = await importDisk(step, {
            ...(path !== undefined && { path }),
            ...(url !== undefined && { url }),
            ...(sha256 !== undefined && { sha256 }),
            ...(format && { format }),
            extents,
            redistributable: redistributable !== false,
          })
          return { ...imported, ...(machine && { machine }) }
        },
      )
      if (login)
        boot.tap({ name: 'login', inputs: { login } }, (spec) => ({
          ...spec,
          login: { user: login.user, password: reveal(login.password) },
        }))
    },
  })
}
