import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { errors } from '../../base/errors/catalogue.ts'
import type { Environment } from './control-client.ts'

/** Asks on the terminal, and shows nothing of the answer; undefined for Ctrl-C and Ctrl-D. */
const ask = (question: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const output = new Writable({ write: (_chunk, _encoding, done) => done() })
    const lines = createInterface({ input: process.stdin, output, terminal: true })
    process.stderr.write(question)
    const end = (answer?: string) => {
      process.stderr.write('\n')
      resolve(answer)
    }
    lines.once('SIGINT', () => lines.close())
    const left = () => end()
    lines.once('close', left)
    lines.once('line', (answer) => {
      lines.off('close', left).close()
      end(answer)
    })
  })

/** The password to log in with: from ANTIDOTE_PASSWORD, else asked for. Throws LOGIN_PASSWORD. */
export const findPassword = async (user: string, env: Environment): Promise<string> => {
  if (env.ANTIDOTE_PASSWORD) return env.ANTIDOTE_PASSWORD
  const answer = process.stdin.isTTY ? await ask(`Password of ${user}: `) : undefined
  if (answer === undefined) throw errors.loginPassword(user)
  return answer
}
