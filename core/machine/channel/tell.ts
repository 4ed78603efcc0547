import { untilEvent } from '../../base/async/wait.ts'
import { randomHex } from '../../base/files/digest.ts'
import { LineSplitter } from '../../base/text/lines.ts'
import { CHANNEL } from '../qemu/devices.ts'
import type { Qemu } from '../qemu/qemu.ts'
import type { QmpEvent } from '../qemu/qmp.ts'
import type { Identity } from './identity.ts'
import { type Answer, decodeAnswer, encodeIdentity, type Part } from './message.ts'

/** How a guest took an identity: what it did not take, or why it took none of it. */
export type Outcome = { ms: number; failed: Part[] } | { reason: string }

/** Milliseconds for a guest on a host with other work; one that does not listen is not waited for. */
const DEADLINE = 20_000

/** Bytes of an answer; a guest that says more does not speak our language. */
const MOST = 4096

const SILENT = 'nothing in the guest listens on its channel'

/** Whether a process in the guest holds the port open. */
const isListening = async ({ qmp }: Pick<Qemu, 'qmp'>): Promise<boolean> => {
  const devices = (await qmp.execute('query-chardev')) as { label: string; 'frontend-open': boolean }[]
  return devices.some((device) => device.label === CHANNEL.id && device['frontend-open'])
}

/**
 * Tells a running guest who it is from now on, and waits until it is. A guest that does not answer goes on as it was;
 * the outcome says why. Throws QMP_FAILED where QEMU ends, and CHANNEL_VALUE.
 */
export const tellIdentity = async (
  qemu: Pick<Qemu, 'qmp' | 'channel'>,
  identity: Identity,
  deadline = DEADLINE,
): Promise<Outcome> => {
  const { qmp, channel } = qemu
  // what is sent to nobody would be read by whoever listens later, when others know the guest as it was
  if (!channel || !(await isListening(qemu))) return { reason: SILENT }
  const id = randomHex(8)
  const began = performance.now()
  const answer = await untilEvent<Answer | { reason: string }>((done) => {
    const late = () => done({ reason: `the guest did not answer within ${deadline / 1000} s` })
    const timer = setTimeout(late, deadline)
    const onEnd = () => done({ reason: 'QEMU ended' })
    const onEvent = ({ event, data }: QmpEvent) => {
      if (event === 'VSERPORT_CHANGE' && data.id === CHANNEL.id && data.open === false)
        done({ reason: 'the guest closed its channel without an answer' })
    }
    const lines = new LineSplitter((line) => {
      const said = decodeAnswer(line)
      if (said?.id === id) done(said)
    })
    let bytes = 0
    const onData = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MOST) done({ reason: 'the guest answered with something else' })
      else lines.push(chunk)
    }
    channel.on('data', onData).once('close', onEnd)
    qmp.on('event', onEvent)
    channel.write(encodeIdentity(id, identity, Date.now()))
    return () => {
      clearTimeout(timer)
      channel.off('data', onData).off('close', onEnd)
      // others may still speak
      channel.resume()
      qmp.off('event', onEvent)
    }
  })
  if ('reason' in answer!) return answer
  if (answer!.failed.includes('version'))
    return { reason: 'the guest speaks another version of our language' }
  return { ms: Math.round(performance.now() - began), failed: answer!.failed }
}
