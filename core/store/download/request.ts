import { type IncomingMessage, request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { errors } from '../../base/errors/catalogue.ts'
import { hostAgent } from './trust.ts'

const MOST_REDIRECTS = 10

const once = (url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const options = { headers, signal }
    const request =
      url.protocol === 'https:'
        ? secure(url, { ...options, agent: hostAgent() }, resolve)
        : plain(url, options, resolve)
    request.once('error', reject).end()
  })

/**
 * Asks for a file, through redirects, and gives the answer with its body unread, in the bytes that the server sends.
 * `fetch` would unpack what a server says is compressed, which many say of files that are stored so.
 */
export const requestFile = async (
  address: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<IncomingMessage> => {
  let url = new URL(address)
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await once(
      url,
      { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'antidote', ...headers },
      signal,
    )
    const { statusCode = 0, headers: answered } = response
    if (![301, 302, 303, 307, 308].includes(statusCode)) return response
    response.destroy()
    const { location = '' } = answered
    const to = location !== '' && URL.canParse(location, url.href) ? new URL(location, url) : undefined
    if (!to || !['http:', 'https:'].includes(to.protocol))
      throw errors.downloadFailed(address, 'the server redirects to what is no http or https address')
    url = to
  }
  throw errors.downloadFailed(address, `it is redirected more than ${MOST_REDIRECTS} times`)
}
