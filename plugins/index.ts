export { type DebianOptions, debian } from './debian/index.ts'
