/**
 * What waits for people, in every ramp that is under way, whichever replica runs it. Most plans ask
 * people nothing; that never changes, so those are looked at once.
 */
import { type OpenApproval, openApprovals } from '../core/ramp/open-approvals.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Engine } from '../engine/engine.ts'
import { isRampStream } from '../engine/ramp-directory.ts'
import type { Clock } from '../seams/clock.ts'
import type { Ledger } from '../seams/ledger.ts'

/** A question, and the ramp that asks it. */
export interface Waiting {
  readonly state: RampState
  readonly open: OpenApproval
}

/** Finds what waits. */
export class ApprovalIndex {
  readonly #engine: Engine
  readonly #ledger: Ledger
  readonly #clock: Clock
  /** Ramps that ask people nothing, while they are under way. */
  #silent: ReadonlySet<string> = new Set()

  constructor(parts: { readonly engine: Engine; readonly ledger: Ledger; readonly clock: Clock }) {
    this.#engine = parts.engine
    this.#ledger = parts.ledger
    this.#clock = parts.clock
  }

  /** Everything that waits, that which waits longest first. */
  async list(): Promise<readonly Waiting[]> {
    const streams = (await this.#ledger.streams()).filter(isRampStream)
    const silent = new Set<string>()
    const waiting: Waiting[] = []
    for (const { stream, lastType } of streams) {
      if (lastType === 'ramp.ended') continue
      if (this.#silent.has(stream)) {
        silent.add(stream)
        continue
      }
      const state = await this.#engine.state(stream)
      if (state === undefined) continue
      if (asksPeople(state)) {
        const open = openApprovals(state, this.#clock.nowMs())
        waiting.push(...open.map((one) => ({ state, open: one })))
      } else silent.add(stream)
    }
    this.#silent = silent
    return waiting.sort((one, other) => one.open.askedAtMs - other.open.askedAtMs)
  }
}

function asksPeople({ plan }: RampState): boolean {
  return plan.stages.some(({ gates, conditions }) =>
    [...gates, ...conditions].some(({ question }) => question.ask === 'approval'),
  )
}
