import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Board, stateLine } from './board.ts'

/** Answers in full and closes, so that nobody holds a connection. */
export const reply = (response: ServerResponse, status: number, text: string, type = 'text/plain'): void => {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    connection: 'close',
  })
  response.end(text)
}

/** What a GET gives: status, text, and the type of the text if it is no plain one. */
const answerOf = (path: string, board: Board): [number, string, string?] => {
  const { document } = board
  const line = `${stateLine(document)}\n`
  switch (path) {
    case '/livez':
      return [document.state === 'off' ? 503 : 200, line]
    case '/readyz':
      return [document.state === 'ready' ? 200 : 503, line]
    case '/status':
      return [200, `${JSON.stringify(document)}\n`, 'application/json']
    default:
      return [404, 'There are /livez, /readyz and /status.\n']
  }
}

/**
 * Answers the GETs that show and change nothing: /livez, /readyz and /status. A container whose guest failed is alive:
 * to start it again would take the guest from whoever works on it.
 */
export const answerProbe = (board: Board, request: IncomingMessage, response: ServerResponse): void => {
  if (request.method === 'GET') {
    reply(response, ...answerOf(request.url!.split('?')[0]!, board))
  } else {
    response.setHeader('allow', 'GET')
    reply(response, 405, 'Only GET.\n')
  }
}
