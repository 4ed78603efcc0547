/** What the commands know of their surroundings, beside the environment. */
export interface Surroundings {
  /** The image's machine.json. */
  machineFile: string
  /** Seconds that a guest may take to answer `ssh`. */
  patience: number
}
