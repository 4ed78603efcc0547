import type { Plugin } from 'antidote'
import { netconf, python } from 'antidote/plugins'

/** What a lesson may name to configure its endpoints with. */
export const lessonTools = (): Plugin[] => [python(), netconf({ name: 'netconf-lesson', lesson: true })]
