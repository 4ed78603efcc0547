import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { sha256 } from '../../../core/base/files/digest.ts'
import { download } from '../../../core/store/download/download.ts'
import { Store } from '../../../core/store/store.ts'
import { temporary } from '../../support/directory.ts'

const CONTENT = Buffer.alloc(300_000, 'antidote ')
const SUM = sha256(CONTENT)
let store: Store

beforeEach(async () => {
  store = await new Store(join(temporary(), 'store')).open()
})

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/disk.img`
}

/** Answers as a server that knows ranges does. */
const answer: RequestListener = (request, response) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': CONTENT.length - from })
  response.end(CONTENT.subarray(from))
}

const downloads = () => readdirSync(join(store.directory, 'downloads'))

test('a file is fetched once, whatever the case of its sum', async () => {
  let requests = 0
  const url = await serve((request, response) => {
    requests++
    answer(request, response)
  })
  const [path] = await Promise.all([
    download(store, { url, sha256: SUM }),
    download(store, { url, sha256: SUM.toUpperCase() }),
  ])
  expect(readFileSync(path).equals(CONTENT)).toBe(true)
  expect(requests).toBe(1)
  expect(downloads()).toEqual([SUM])
})

/** Waits until so many bytes are in the store. */
const arrived = async (bytes: number) =>
  expect.poll(() => statSync(join(store.directory, 'downloads', `${SUM}.part`)).size).toBe(bytes)

test('a transfer that breaks goes on where it stopped', async () => {
  const ranges: (string | undefined)[] = []
  const url = await serve((request, response) => {
    ranges.push(request.headers.range)
    if (ranges.length > 1) return answer(request, response)
    response.writeHead(200, { 'content-length': CONTENT.length })
    response.write(CONTENT.subarray(0, 100_000))
    void arrived(100_000).then(() => response.destroy())
  })
  expect(readFileSync(await download(store, { url, sha256: SUM })).equals(CONTENT)).toBe(true)
  expect(ranges[0]).toBeUndefined()
  expect(ranges[1]).toBe('bytes=100000-')
})

test('a server without ranges starts it over', async () => {
  writeFileSync(join(store.directory, 'downloads', `${SUM}.part`), CONTENT.subarray(0, 1000))
  const url = await serve((_, response) => response.end(CONTENT))
  expect(readFileSync(await download(store, { url, sha256: SUM })).equals(CONTENT)).toBe(true)
})

test('what was fetched whole but not yet checked is not fetched again', async () => {
  writeFileSync(join(store.directory, 'downloads', `${SUM}.part`), CONTENT)
  const url = await serve((_, response) => response.writeHead(416).end())
  expect(readFileSync(await download(store, { url, sha256: SUM })).equals(CONTENT)).toBe(true)
})

test('a wrong sum is refused, names both, and keeps nothing', async () => {
  const url = await serve(answer)
  const expected = sha256('something else')
  await expect(download(store, { url, sha256: expected })).rejects.toMatchObject({
    code: 'CHECKSUM_MISMATCH',
    message: `${url} has sha256 ${SUM}, not ${expected}.`,
  })
  expect(downloads()).toEqual([])
})

test('a kept file that was damaged is fetched anew', async () => {
  const url = await serve(answer)
  const path = await download(store, { url, sha256: SUM })
  writeFileSync(path, 'damaged')
  expect(readFileSync(await download(store, { url, sha256: SUM })).equals(CONTENT)).toBe(true)
})

test('bytes are kept as they are stored, whatever encoding the server gives them', async () => {
  const stored = gzipSync(CONTENT)
  const asked: (string | undefined)[] = []
  const url = await serve((request, response) => {
    asked.push(request.headers['accept-encoding'])
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': stored.length }).end(stored)
  })
  const path = await download(store, { url, sha256: sha256(stored) })
  expect(readFileSync(path).equals(stored)).toBe(true)
  expect(asked).toEqual(['identity'])
})

test('redirects are followed, as far as they lead to the network', async () => {
  const url = await serve(answer)
  const redirecting = await serve((request, response) => {
    const to: Record<string, string> = {
      '/disk.img': 'more',
      '/more': url,
      '/loop': '/loop',
      '/out': 'file:///etc/passwd',
    }
    response.writeHead(302, { location: to[request.url!] }).end()
  })
  expect(readFileSync(await download(store, { url: redirecting, sha256: SUM })).equals(CONTENT)).toBe(true)
  const at = (path: string) =>
    download(store, { url: new URL(path, redirecting).href, sha256: sha256('other') })
  await expect(at('/loop')).rejects.toThrow('it is redirected more than 10 times')
  await expect(at('/out')).rejects.toThrow('the server redirects to what is no http or https address')
})

describe('a bound', () => {
  const endless = () =>
    serve((_, response) => {
      const more = () => {
        while (response.writable && response.write(CONTENT));
      }
      response.on('drain', more)
      more()
    })

  test('on the size that is named: another one is refused before anything is written', async () => {
    const url = await serve(answer)
    await expect(download(store, { url, sha256: SUM, size: 1000 })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: `${url} cannot be downloaded: the server has 300000 bytes of it, and it is to have 1000.`,
    })
    expect(downloads()).toEqual([])
    const path = await download(store, { url, sha256: SUM, size: CONTENT.length })
    expect(readFileSync(path).equals(CONTENT)).toBe(true)
  })

  test('on what has no end: nothing of it is left', async () => {
    const url = await endless()
    await expect(download(store, { url, sha256: SUM, size: 1024 ** 2 })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: `${url} cannot be downloaded: more than 1 MB come, which is its size.`,
    })
    expect(downloads()).toEqual([])
    await expect(
      download(store, { url, sha256: SUM }, { room: 1024 ** 3 + 1024 ** 2 }),
    ).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: `${url} cannot be downloaded: more than 1 MB come, which do not fit on the disk of the store.`,
    })
    expect(downloads()).toEqual([])
  })

  test('on the room there is: what does not fit is not begun', async () => {
    let sent = false
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 10_000_000 })
      response.flushHeaders()
      response.on('drain', () => {
        sent = true
      })
    })
    await expect(download(store, { url, sha256: SUM }, { room: 1_000_000 })).rejects.toMatchObject({
      code: 'STORE_FULL',
    })
    expect(sent).toBe(false)
    expect(downloads()).toEqual([])
  })
})

test('a server that drips is left in the end, and what came is resumed by the next download', async () => {
  let drips = 0
  let patient = false
  const url = await serve((request, response) => {
    if (patient) return answer(request, response)
    drips++
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': CONTENT.length - from })
    response.write(CONTENT.subarray(from, from + 20_000))
  })
  const least = { bytes: 100_000, ms: 200 }
  await expect(download(store, { url, sha256: SUM }, { least })).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
    message: expect.stringContaining('bytes came in 0.2 s, less than the 100000 that are expected'),
  })
  expect(drips).toBe(4)
  patient = true
  expect(readFileSync(await download(store, { url, sha256: SUM })).equals(CONTENT)).toBe(true)
})

test('a server that says nothing at all is left, too', async () => {
  const url = await serve(() => {})
  await expect(download(store, { url, sha256: SUM }, { least: { bytes: 1, ms: 100 } })).rejects.toThrow(
    'only 0 bytes came in 0.1 s',
  )
})

test('a part that is not of this file is fetched anew', async () => {
  const part = join(store.directory, 'downloads', `${SUM}.part`)
  const url = await serve(answer)
  writeFileSync(part, 'the beginning of another file')
  expect(readFileSync(await download(store, { url, sha256: SUM })).equals(CONTENT)).toBe(true)
  const other = sha256(CONTENT.subarray(0, 1000))
  writeFileSync(join(store.directory, 'downloads', `${other}.part`), CONTENT)
  const smaller = await serve((request, response) => {
    if (request.headers.range) return response.writeHead(416, { 'content-range': 'bytes */1000' }).end()
    response.end(CONTENT.subarray(0, 1000))
  })
  expect(statSync(await download(store, { url: smaller, sha256: other })).size).toBe(1000)
})

test('an answer that is not the file is final and named', async () => {
  let requests = 0
  const url = await serve((_, response) => {
    requests++
    response.writeHead(404).end('no such file')
  })
  await expect(download(store, { url, sha256: SUM })).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
    message: `${url} cannot be downloaded: the server answered 404.`,
  })
  expect(requests).toBe(1)
})

test('a server that is not there is named', async () => {
  await expect(download(store, { url: 'http://127.0.0.1:1/disk.img', sha256: SUM })).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
    message: expect.stringContaining('http://127.0.0.1:1/disk.img cannot be downloaded: '),
  })
})

test('an abort ends it, and the next one goes on', async () => {
  const controller = new AbortController()
  let hang = true
  const url = await serve((request, response) => {
    if (!hang) return answer(request, response)
    response.writeHead(200, { 'content-length': CONTENT.length })
    response.write(CONTENT.subarray(0, 50_000), () => controller.abort(new Error('called off')))
  })
  await expect(download(store, { url, sha256: SUM }, { signal: controller.signal })).rejects.toThrow(
    'called off',
  )
  hang = false
  expect(readFileSync(await download(store, { url, sha256: SUM })).equals(CONTENT)).toBe(true)
})

test('a line that breaks again and again is no reason to give up as long as something comes', async () => {
  const ranges: string[] = []
  const url = await serve((request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    ranges.push(request.headers.range ?? '')
    const part = Math.min(from + 40_000, CONTENT.length)
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': CONTENT.length - from })
    if (part === CONTENT.length) return response.end(CONTENT.subarray(from))
    response.write(CONTENT.subarray(from, part))
    void arrived(part).then(() => response.destroy())
  })
  expect(readFileSync(await download(store, { url, sha256: SUM })).equals(CONTENT)).toBe(true)
  expect(ranges).toHaveLength(8)
})

test('how far it is, is told by tenths, also after a line broke; without a size, by what there is', async () => {
  const told: string[] = []
  const onProgress = (text: string) => told.push(text)
  writeFileSync(join(store.directory, 'downloads', `${SUM}.part`), CONTENT.subarray(0, 150_000))
  const url = await serve(answer)
  await download(store, { url, sha256: SUM }, { onProgress })
  expect(told.at(-1)).toBe(`${url}: 100 % of 293 kB`)
  expect(told.every((text) => Number(/(\d+) %/.exec(text)![1]) >= 50)).toBe(true)
  told.length = 0
  const large = Buffer.alloc(130 * 1024 * 1024)
  const unsized = await serve((_, response) => {
    response.write(large.subarray(0, 1))
    response.end(large.subarray(1))
  })
  await download(store, { url: unsized, sha256: sha256(large) }, { onProgress })
  expect(told).toEqual([`${unsized}: 64 MB`, `${unsized}: 128 MB`])
})
