import { readFileSync } from 'node:fs'
import { megabytes, middle, type Row } from './measure.ts'
import { type Podman, withChannels } from './podman.ts'

const NAME = 'antidote-bench'
const RUNS = 5

/** Seconds from `podman run` of an image to its QEMU running, with the launcher. */
const launched = async (podman: Podman, tag: string, look = async () => {}): Promise<number> => {
  const began = performance.now()
  const running = podman.run(NAME, tag)
  await running.until(/^antidote machine: started/m, 120)
  const seconds = (performance.now() - began) / 1000
  await look()
  podman.remove(NAME)
  await running.end
  return seconds
}

/** The same without: podman starts the very same QEMU. */
const alone = async (podman: Podman, tag: string, argv: readonly string[]): Promise<number> => {
  const words = withChannels(argv, { control: 'stdio', console: 'null', channel: 'null' })
  const began = performance.now()
  const running = podman.run(NAME, '--interactive', '--entrypoint', 'qemu-system-x86_64', tag, ...words)
  running.stdin.write('{"execute": "qmp_capabilities"}{"execute": "query-status"}')
  await running.until(/"status": "running"/, 120)
  const seconds = (performance.now() - began) / 1000
  podman.remove(NAME)
  await running.end
  return seconds
}

/** Bytes of a process that are in memory, shared ones included: VmRSS of proc(5), in KiB there. */
const resident = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024

/** What the launcher adds to QEMU: time until it runs, and memory once the guest is ready. */
export const launcherRows = async (podman: Podman, tag: string): Promise<Row[]> => {
  let argv: string[] = []
  await launched(podman, tag, async () => {
    argv = podman.qemuArguments(NAME)
  })
  const times = { launched: [] as number[], alone: [] as number[] }
  // by turns, so that what else the host does meets both
  for (let run = 0; run < RUNS; run++) {
    times.launched.push(await launched(podman, tag))
    times.alone.push(await alone(podman, tag, argv))
  }
  const [whole, bare] = [middle(times.launched), middle(times.alone)]
  const running = podman.run(NAME, tag)
  await running.until(/^antidote machine: ready/m, 240)
  const memory = resident(podman.process(NAME, 'node'))
  podman.remove(NAME)
  await running.end
  return [
    {
      what: 'container start to QEMU running, over QEMU alone',
      value: `+ ${(whole - bare).toFixed(2)} s (${whole.toFixed(2)} s, ${bare.toFixed(2)} s)`,
      limit: '+ 0.2 s',
      ok: whole - bare <= 0.2,
    },
    megabytes('resident memory of the launcher', memory, 60),
  ]
}
