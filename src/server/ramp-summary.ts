/** A ramp on one line. */
import { ownerOf } from '../core/plan/owner.ts'
import type { ContractReference } from '../core/plan/plan.ts'
import type { RampState } from '../core/ramp/state.ts'
import { placedSentence } from '../core/telling/placed-sentence.ts'
import type { RampPhase, RampSummary } from './wire.ts'

/** A ramp on one line. */
export function summaryOf(state: RampState): RampSummary {
  const { ramp, plan, by, openedAtMs, latestMs, ended, held, undoCause } = state
  const cause = ended?.cause ?? held ?? undoCause
  const owner = cause === undefined ? undefined : ownerOf(plan, cause)
  return {
    ramp,
    contract: inOrder(plan.contract),
    goal: plan.goal,
    phase: phaseOf(state),
    by,
    openedAtMs,
    latestMs,
    ...(ended === undefined ? {} : { outcome: ended.outcome, endedAtMs: ended.atMs }),
    ...(cause === undefined ? {} : { cause: placedSentence(cause) }),
    ...(owner === undefined ? {} : { owner }),
  }
}

/** In one order of members, whether it comes from memory or from the ledger's canonical JSON. */
function inOrder({ kind, name, digest, target }: ContractReference): ContractReference {
  return { kind, name, digest, ...(target === undefined ? {} : { target }) }
}

function phaseOf(state: RampState): RampPhase {
  if (state.ended !== undefined) return 'ended'
  if (state.held !== undefined) return 'held'
  if (state.direction === 'undoing') return 'undoing'
  return state.plan.endless === true ? 'watching' : 'moving'
}
