import type { Image } from '../../contract/config/image.ts'
import type { Plugin } from '../../contract/plugin/plugin.ts'
import { configure } from './configure.ts'
import { disk } from './disk.ts'
import { lesson } from './lesson.ts'
import { live } from './live.ts'
import { machine } from './machine.ts'
import { files, scripts } from './provision.ts'
import { standard, tests } from './tests.ts'

/** The core's own taps that come before those of the image's plugins, in the same shape as any plugin. */
export const coreFirst = (image: Image): Plugin[] => [
  files(image.config),
  scripts('pre', image.config.pre),
  standard(),
  ...(image.elsewhere ? [] : [lesson()]),
  configure(image.config),
]

/** Those that come after them. */
export const coreLast = (image: Image): Plugin[] => [
  scripts('install', image.config.install ? [image.config.install] : []),
  scripts('post', image.config.post),
  disk(image.config),
  live(image.config),
  machine(image.config),
  tests(image.config),
]
