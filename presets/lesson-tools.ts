import type { Plugin } from 'antidote'
import { ansibleLesson, netconf, python } from 'antidote/plugins'

/** What a lesson may name to configure its endpoints with. */
export const lessonTools = (): Plugin[] => [
  ansibleLesson(),
  python(),
  netconf({ name: 'netconf-lesson', lesson: true }),
]
