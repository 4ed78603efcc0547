import { readdirSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { readText } from '../../base/files/regular.ts'
import { hostAuthorities } from '../../store/download/trust.ts'
import { certificateDirectory } from './host-trust.ts'

/** An answer of a registry or of its token server. */
export interface Answer {
  status: number
  headers: NodeJS.Dict<string | string[]>
  /** Its first 64 kB. */
  text: string
}

/** How a server is asked. */
export interface Question {
  method?: 'GET' | 'POST' | 'DELETE'
  headers?: Record<string, string>
  body?: string
  /** Accept any certificate. */
  insecure?: boolean | undefined
  signal?: AbortSignal | undefined
}

/** Milliseconds in which a registry has to answer a question. */
const DEADLINE = 10_000
const MOST = 64 * 1024

/** The texts of the files in a directory whose names end so. */
const texts = (directory: string | undefined, ending: string): string[] =>
  directory === undefined
    ? []
    : readdirSync(directory)
        .filter((name) => name.endsWith(ending))
        .map((name) => readText(join(directory, name)))

/** What this machine trusts for a host, and the certificate that it has for it. */
const trustOf = (host: string) => {
  const directory = certificateDirectory(host)
  const [cert, key] = [texts(directory, '.cert')[0], texts(directory, '.key')[0]]
  return {
    ca: [...rootCertificates, ...hostAuthorities(), ...texts(directory, '.crt')],
    ...(cert && key && { cert, key }),
  }
}

/** Asks a server one question. Rejects with the error of Node.js, `ETIMEDOUT` after the deadline. */
export const ask = (url: URL, question: Question = {}): Promise<Answer> => {
  const { method = 'GET', headers = {}, body, insecure, signal } = question
  const secure = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const options = {
      method,
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      },
      agent: false,
      ...(signal && { signal }),
      ...(secure && { ...trustOf(url.host), rejectUnauthorized: !insecure }),
    }
    const request = (secure ? secureRequest : plainRequest)(url, options, (response) => {
      const parts: Buffer[] = []
      let bytes = 0
      response.on('data', (part: Buffer) => {
        if (bytes < MOST) parts.push(part)
        bytes += part.length
        if (bytes >= MOST) response.destroy()
      })
      response.on('error', reject)
      response.on('close', () => {
        clearTimeout(timer)
        const text = Buffer.concat(parts).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
    })
    const timer = setTimeout(() => {
      const late = new Error(`no answer within ${DEADLINE / 1000} s`)
      request.destroy(Object.assign(late, { code: 'ETIMEDOUT' }))
    }, DEADLINE)
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    request.end(body)
  })
}
