export { cumulusEndpoint } from './cumulus-endpoint.ts'
export { debianEndpoint } from './debian-endpoint.ts'
export { utility } from './utility.ts'
export { vqfxEndpoint } from './vqfx-endpoint.ts'
