import { command, must, ROOT } from './cli.ts'

/** Compiles the kernel and makes the toolbox once, with the whole machine to itself, before files run side by side. */
export const setup = async (): Promise<void> => {
  process.stderr.write("building this repository's own image first: toolbox, kernel, disk\n")
  await must(['make', '-C', ROOT, 'dist'])
  await must([process.execPath, `${ROOT}/dist/core/cli/bin.js`, '-C', ROOT, 'build'])
}

/** Takes the image away that the files about published containers share. */
export const teardown = async (): Promise<void> => {
  await command(['podman', 'rmi', '--force', '--ignore', 'antidotelabs/e2e-endpoint:latest'])
}
