import { setMaxListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../e2e/free-port.ts'
import { restoreOnce, savedMachine } from '../e2e/saved-machine.ts'
import { megabytes, middle, over, type Row, ratio } from './measure.ts'
import type { Podman, Published } from './podman.ts'

const RUNS = 5
const CLONES = 8
const NAME = 'antidote-bench-restore'

/** QEMU with arguments of its own is not restored; these change nothing. */
const COLD = ['--env', 'ANTIDOTE_QEMU_ARGS=-boot menu=off']

const elapsed = async (act: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await act()
  return (performance.now() - began) / 1000
}

/** Milliseconds after an attempt that was refused, which costs nobody anything. */
const REFUSED = 20

/** After one that was taken: an early one may be lost, and each costs the guest a process. */
const TAKEN = 300

/** Waits until an SSH server speaks on a port of this host. */
const untilBanner = async (port: number): Promise<void> => {
  const over = new AbortController()
  // every attempt listens to it
  setMaxListeners(0, over.signal)
  const taken = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('data', () => over.abort()).on('error', () => socket.destroy())
      socket.on('connect', () => resolve(true)).on('close', () => resolve(false))
      over.signal.addEventListener('abort', () => socket.destroy(), { once: true })
    })
  while (!over.signal.aborted) {
    const wait = (await taken()) ? TAKEN : REFUSED
    await pause(wait, undefined, { signal: over.signal }).catch(() => {})
  }
}

/** The share of a process in memory, pages that are shared counted in parts, in bytes: proc_pid_smaps(5). */
const proportional = (pid: number): number =>
  Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))![1]) * 1024

/** What eight guests take together, a moment after the last one was ready. */
const memoryOf = async (podman: Podman, tag: string, how: RegExp, args: string[]): Promise<number> => {
  const names = Array.from({ length: CLONES }, (_, n) => `${NAME}-${n}`)
  const running = names.map((name) => podman.run(name, ...args, tag))
  for (const one of running) {
    await one.until(how, 600)
    await one.until(/^antidote machine: ready/m, 600)
  }
  const bytes = names.map((name) => proportional(podman.process(name, 'qemu-system')))
  for (const name of names) podman.remove(name)
  await Promise.all(running.map(({ end }) => end))
  return bytes.reduce((sum, one) => sum + one, 0)
}

/** From `podman run` to the SSH banner, and what `podman run` takes without a machine. */
const podmanRow = async (podman: Podman, tag: string): Promise<Row> => {
  const times = { whole: [] as number[], bare: [] as number[] }
  for (let run = 0; run < RUNS; run++) {
    times.bare.push(await elapsed(() => podman.run(NAME, '--entrypoint', 'true', tag).end))
    const port = await freePort()
    podman.remove(NAME)
    const began = performance.now()
    const running = podman.run(NAME, '--publish', `127.0.0.1:${port}:22`, tag)
    await untilBanner(port)
    times.whole.push((performance.now() - began) / 1000)
    podman.remove(NAME)
    await running.end
  }
  return over('podman run to SSH banner, over podman run true', middle(times.whole), middle(times.bare), 0.8)
}

/** What a saved machine saves: time and memory. `stockBoot` is the cold boot of Debian's own kernel and init, in seconds. */
export const restoreRows = async (
  podman: Podman,
  { image, tag, published, work }: { image: string; tag: string; published: Published; work: string },
  stockBoot: number,
): Promise<Row[]> => {
  const saved = await savedMachine(image)
  const { signal } = new AbortController()
  const times = { running: [] as number[], banner: [] as number[], version: [] as number[] }
  // by turns, so that what else the host does meets both
  for (let run = 0; run < RUNS; run++) {
    times.version.push(await elapsed(() => saved.tools.run(['qemu-system-x86_64', '--version'])))
    const { running, banner } = await restoreOnce(saved, join(work, `restore-${run}`), signal)
    times.running.push(running / 1000)
    times.banner.push(banner / 1000)
  }
  const snapshot = published.layers.find(({ role }) => role === 'snapshot')!
  const [clones, booted] = [
    await memoryOf(podman, tag, /machine: restored/, []),
    await memoryOf(podman, tag, /machine: started/, COLD),
  ]
  return [
    over(
      'exec to restored guest running, over qemu --version',
      middle(times.running),
      middle(times.version),
      0.1,
    ),
    ratio(
      'exec to SSH banner, restored / cold boot of the stock cloud kernel, initrd and systemd',
      middle(times.banner),
      stockBoot,
      0.03,
    ),
    await podmanRow(podman, tag),
    {
      what: `memory of ${CLONES} guests of 512 MB, restored / cold-booted`,
      value: `${(clones / booted).toFixed(2)} × (${Math.round(clones / 1e6)} MB / ${Math.round(booted / 1e6)} MB)`,
      limit: '0.5 ×',
      ok: clones / booted <= 0.5,
    },
    megabytes('snapshot layer of minimal Debian, compressed', snapshot.bytes, 40),
  ]
}
