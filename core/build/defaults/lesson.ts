import { definePlugin, type Plugin } from '../../contract/plugin/plugin.ts'
import { CORE_VERSION } from './version.ts'

/** Where a lesson's files are in every guest, as on the platform. */
const LESSON_DIRECTORY = '/antidote'

/** Copies the lesson's files into a guest that cannot mount them. */
export const lesson = (): Plugin =>
  definePlugin({
    name: 'antidote',
    version: CORE_VERSION,
    apply({ configure }) {
      configure.tap({ name: 'lesson files', inputs: {} }, async ({ guest, spec, lesson }, step) => {
        if (lesson === undefined) return
        if (spec.lesson) {
          step.log.info(`nothing is copied: the guest mounts its lesson files at ${LESSON_DIRECTORY}`)
          return
        }
        await guest.upload(lesson, LESSON_DIRECTORY, { replace: true })
        step.log.info(`${lesson} → ${LESSON_DIRECTORY}`)
      })
    },
  })
