import { errors } from '../../base/errors/catalogue.ts'
import { EnterEcho } from './echo.ts'
import { SecretEcho } from './secret-echo.ts'
import type { Session } from './session.ts'
import { MASK } from './transcript.ts'
import { TypedEcho } from './typed-echo.ts'

/** Characters that are typed before their echo is awaited: what the FIFO of a 16550 holds. */
const PIECE = 16

/** Seconds in which a guest echoes a piece, where no state says otherwise. */
const ECHO = 60

/** Milliseconds in which an echo may come whole, after it has come with other text in it. */
const SCATTERED = 300

/** Milliseconds of silence after which the beginning of something that would be left out is not that. */
export const HELD = 300

const ENTER = '\r'

/** Types a text as it is, and waits for nothing. */
export const typeKeys = async (session: Session, text: string): Promise<void> => {
  await session.check()
  session.transcript.sent(session.reader.leaveLine(), text)
  session.line.write(text)
}

const refuse = ({ name }: Session, text: string, what: string): void => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\x00-\x1f\x7f]/.test(text)) throw errors.serialText(name, what)
}

/** Types a line in pieces, each awaited by its echo, and Enter. All that came before Enter is forgotten. */
export const typeLine = async (session: Session, text: string): Promise<void> => {
  const { reader, transcript, line } = session
  refuse(session, text, JSON.stringify(transcript.clean(text)))
  await session.check()
  transcript.sent(reader.leaveLine(), text)
  const characters = [...text]
  for (let at = 0; at < characters.length; at += PIECE)
    await typePiece(session, characters.slice(at, at + PIECE).join(''))
  // no answer to it: prompts that were shown again, somebody else's lines
  reader.drop()
  reader.take(new EnterEcho())
  line.write(ENTER)
}

const typePiece = async (session: Session, piece: string): Promise<void> => {
  const { reader, line, signal, state, transcript } = session
  const echo = new TypedEcho(piece)
  reader.take(echo)
  line.write(piece)
  const began = performance.now()
  const until = state?.until ?? began + ECHO * 1000
  const accepted = () => (echo.scattered ?? Number.POSITIVE_INFINITY) + SCATTERED
  // "[ 1" of an echo may be the beginning of a kernel's message
  const released = () => (reader.holdsKernel ? reader.heard + HELD : Number.POSITIVE_INFINITY)
  let now = began
  while (!echo.done && now < accepted() && now < until) {
    await session.check()
    if (now >= released()) reader.releaseKernel()
    else await reader.next(Math.min(until, accepted(), released()) - now, signal)
    now = performance.now()
  }
  const echoed = echo.done || now >= accepted()
  reader.take(undefined)
  signal?.throwIfAborted()
  if (echoed) return
  throw errors.serialNoEcho(session.scene(), transcript.clean(piece), Math.round((now - began) / 100) / 10)
}

/** Types a line that no log shows, and Enter; an echo that comes all the same is masked. */
export const typeSecret = async (session: Session, secret: string): Promise<void> => {
  refuse(session, secret, 'a secret with control characters')
  await session.check()
  session.mask(secret)
  session.transcript.sent(session.reader.leaveLine(), secret)
  session.reader.take(new SecretEcho(secret, MASK))
  session.line.write(`${secret}${ENTER}`)
}
