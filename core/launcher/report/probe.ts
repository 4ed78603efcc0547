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

/** What a GET gives: status and text. Strangers ask too, so there is nothing in it but the state. */
const answerOf = (path: string, board: Board): [number, string] => {
  const { document } = board
  const line = `${stateLine(document)}\n`
  switch (path) {
    case '/livez':
      return [document.state === 'off' ? 503 : 200, line]
    case '/readyz':
      return [document.state === 'ready' ? 200 : 503, line]
    default:
      return [404, 'There are /livez and /readyz.\n']
  }
}

/**
 * Answers the GETs that show and change nothing: /livez and /readyz. A container whose guest failed is alive:
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
