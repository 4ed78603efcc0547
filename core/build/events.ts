import type { Stage } from '../contract/plugin/stages.ts'

/** What happens to one step. */
export interface StepEvent {
  type: 'step'
  stage: Stage | 'toolbox'
  plugin: string
  tap: string
  state: 'start' | 'waiting' | 'cached' | 'done' | 'failed'
  ms?: number
}

/** What a build tells while it runs; the command line shows it. */
export type BuildEvent =
  | { type: 'stage'; stage: Stage; state: 'start' | 'done' | 'failed'; ms?: number; cached?: boolean }
  | StepEvent
  | { type: 'info' | 'warn' | 'line'; text: string }

export type Report = (event: BuildEvent) => void

/** How the last run of a stage went, for `--json`. */
export interface StageTime {
  stage: Stage
  ms: number
  cached: boolean
}
