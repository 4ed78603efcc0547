export {
  type AnsibleLessonOptions,
  type AnsibleOptions,
  ansible,
  ansibleLesson,
  type Variable,
} from './ansible/index.ts'
export { type CentosOptions, centos } from './centos/index.ts'
export { type CumulusVxOptions, cumulusVx } from './cumulus-vx/index.ts'
export { type DebianOptions, debian } from './debian/index.ts'
export { type DiskImageOptions, disk } from './disk/index.ts'
export { type Assertion, type Change, type NetconfPluginOptions, netconf } from './netconf/index.ts'
export { type PythonOptions, python } from './python/index.ts'
export { type VqfxSnapshotOptions, vqfxSnapshot } from './vqfx-snapshot/index.ts'
