import { CLI, command, launch, must, ROOT, type Started } from './cli.ts'
import { endpointName } from './endpoint-name.ts'

let building: Started | undefined

/**
 * Makes the toolbox, and begins with what takes longest, this repository's own image with its compiled kernel. Files
 * that need neither run meanwhile; a build that needs the kernel waits for it, as builds do for one another.
 */
export const setup = async (): Promise<void> => {
  process.env.ANTIDOTE_E2E_RUN = String(process.pid)
  process.stderr.write("building this repository's own image beside the first tests: toolbox, kernel, disk\n")
  await must(['make', '-C', ROOT, 'dist'])
  building = launch([process.execPath, CLI, '-C', ROOT, 'build'])
  process.once('exit', () => building?.child.kill())
  await building.until(/^bootstrap done/m)
}

/** Takes the image away that the files about published containers share. */
export const teardown = async (): Promise<void> => {
  const { code, stderr } = await building!.end
  await command(['podman', 'rmi', '--force', '--ignore', endpointName()])
  if (code !== 0) throw new Error(`this repository's own image was not built:\n${stderr}`)
}
