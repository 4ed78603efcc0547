/** Common tasks in a guest. Each looks first, and changes only what is different. */
export { ensureFile, ensureFiles, type GuestFile } from './files.ts'
export { setAddresses, setHostname } from './network.ts'
export { roles, scripts } from './script.ts'
export { ensureUser, type GuestUser, restartService } from './system.ts'
export { waitForPort, waitForRoute } from './wait.ts'
