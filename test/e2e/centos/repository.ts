import { once } from 'node:events'
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { antidoteJson, ROOT } from '../cli.ts'

/** The stand-in distribution, served on loopback. */
export interface Repository {
  /** Where its repositories `os`, `extras` and `source` are. */
  url: string
  /** The same as a directory. */
  path: string
  port: number
  /** The armoured key that signs it. */
  key: string
  server: Server
}

/** Bytes of the package `cut-off` after which the server goes away. */
const CUT = 500_000

/** Makes the distribution, or takes it from the store. */
export const distribution = async (): Promise<string> => {
  const directory = join(ROOT, 'test/e2e/centos/distribution')
  const args = ['-C', directory, 'build', '--until', 'bootstrap']
  const { artifact } = await antidoteJson<{ artifact: { path: string } }>(args)
  return artifact.path
}

/** Serves the distribution. */
export const startRepository = async (): Promise<Repository> => {
  const path = await distribution()
  const server = createServer((request, response) => {
    const file = join(path, new URL(request.url!, 'http://x').pathname)
    const size = statSync(file, { throwIfNoEntry: false })?.size
    if (size === undefined) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-length': size })
    if (!file.includes('/cut-off-')) createReadStream(file).pipe(response)
    else
      createReadStream(file, { end: CUT })
        .pipe(response, { end: false })
        .on('unpipe', () => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    path,
    port,
    key: readFileSync(join(path, 'key.asc'), 'utf8'),
    server,
  }
}
