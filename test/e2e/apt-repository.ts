import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { must } from './cli.ts'

/** A signed repository with one package, served on loopback. */
export interface AptRepository {
  /** Its line in sources.list. */
  line: string
  /** The armoured key that signs it. */
  key: string
  server: Server
}

const sum = async (file: string): Promise<string> => (await must(['sha256sum', file])).slice(0, 64)

/** A package that holds one file. */
const makePackage = async (directory: string, name: string): Promise<string> => {
  const tree = join(directory, 'tree')
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true })
  mkdirSync(join(tree, 'opt'))
  writeFileSync(join(tree, 'opt', name), 'from another source\n')
  const control = `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: Test <test@localhost>\nDescription: a test\n`
  writeFileSync(join(tree, 'DEBIAN/control'), control)
  const deb = join(directory, 'repository', `${name}.deb`)
  await must(['dpkg-deb', '--root-owner-group', '--build', tree, deb])
  const index = `${control}Filename: ./${name}.deb\nSize: ${statSync(deb).size}\nSHA256: ${await sum(deb)}\n`
  writeFileSync(join(directory, 'repository', 'Packages'), index)
  return index
}

/** Makes the repository in a directory, with a key of its own. */
export const startAptRepository = async (directory: string, name: string): Promise<AptRepository> => {
  const repository = join(directory, 'repository')
  const home = join(directory, 'gnupg')
  mkdirSync(repository, { recursive: true })
  mkdirSync(home, { mode: 0o700 })
  const gpg = (...args: string[]) => must(['gpg', '--homedir', home, '--batch', '--yes', ...args])
  const index = await makePackage(directory, name)
  const release = join(repository, 'Release')
  writeFileSync(
    release,
    `Origin: test\nDate: ${new Date().toUTCString()}\nSHA256:\n ${await sum(join(repository, 'Packages'))} ${index.length} Packages\n`,
  )
  await gpg('--passphrase', '', '--quick-generate-key', 'test@localhost', 'rsa3072', 'sign', 'never')
  await gpg('--output', join(repository, 'InRelease'), '--clearsign', release)
  const key = await gpg('--armor', '--export')
  await must(['gpgconf', '--homedir', home, '--kill', 'all'])
  const server = createServer((request, response) => {
    try {
      response.end(readFileSync(join(repository, new URL(request.url!, 'http://x').pathname)))
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { line: `deb http://127.0.0.1:${port} ./`, key, server }
}
