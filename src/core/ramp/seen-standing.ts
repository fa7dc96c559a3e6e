/**
 * Whether what somebody has seen of a ramp, and decides upon, still stands: a ramp moves on while people
 * read, and not all of that matters to what they say.
 */
import { printCanonicalJson } from '../units/json.ts'
import { openApprovals } from './open-approvals.ts'
import type { RampState } from './state.ts'

/** What is shown of a question for people. */
export interface ShownApproval {
  readonly stage: string
  readonly condition: string
  readonly askedAtMs: number
  readonly words: readonly {
    readonly by: string
    readonly approves: boolean
    readonly atMs: number
  }[]
}

/** Whether a question waits just as it was shown, whatever else has happened. */
export function isAskedStill(state: RampState, shown: ShownApproval, nowMs: number): boolean {
  const open = openApprovals(state, nowMs).find(
    ({ stage, condition }) => stage === shown.stage && condition === shown.condition,
  )
  return open !== undefined && printShown(open) === printShown(shown)
}

/** Whether a ramp holds, and has failed, just as it was shown. */
export function isHeldStill(state: RampState, shown: RampState): boolean {
  return printHeld(state) === printHeld(shown)
}

function printShown({ askedAtMs, words }: ShownApproval): string {
  const said = words.map(({ by, approves, atMs }) => ({ by, approves, atMs }))
  return printCanonicalJson({ askedAtMs, said })
}

function printHeld({ held, direction, stages }: RampState): string {
  const failed = stages.flatMap(({ name, phase }) => (phase === 'failed' ? [name] : []))
  const { reason = '', sentence = '', stage = '', condition = '' } = held ?? {}
  return printCanonicalJson({ direction, failed, held: [reason, sentence, stage, condition] })
}
