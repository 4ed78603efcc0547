export { type BootEntry, commandLine, writeBootEntry } from './boot-loader.ts'
export { initrdDirectory } from './initrd.ts'
export { kernelFragments, type Lost, lostOptions, type OptionValue } from './kernel.ts'
export { applySettings, type Init, type Settings, settingsContent } from './rootfs.ts'
