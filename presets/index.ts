export { debianEndpoint } from './debian-endpoint.ts'
export { lessonTools } from './lesson-tools.ts'
export { utility } from './utility.ts'
export { vqfxEndpoint } from './vqfx-endpoint.ts'
