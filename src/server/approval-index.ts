/**
 * What waits for people, in every ramp that is under way, whichever replica runs it. The ledger is asked
 * for all ramps once; afterwards only those are looked at of which it hints that they have moved. Most
 * plans ask people nothing; that never changes, so those are looked at once.
 */
import { type OpenApproval, openApprovals } from '../core/ramp/open-approvals.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Engine } from '../engine/engine.ts'
import { isRampStream } from '../engine/ramp-directory.ts'
import type { Clock } from '../seams/clock.ts'
import type { Ledger, StreamSummary } from '../seams/ledger.ts'
import { StreamFollower } from './stream-follower.ts'

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
  /** Ramps under way that may ask people, as they were when they were last looked at. */
  readonly #asking = new Map<string, RampState>()
  /** Streams that are known to be of ramps, as long as those may ask something. */
  readonly #ramps = new Set<string>()
  /** Streams that ask people nothing: ramps under way, and what is no ramp. */
  #silent = new Set<string>()
  readonly #follower: StreamFollower

  constructor(parts: { readonly engine: Engine; readonly ledger: Ledger; readonly clock: Clock }) {
    this.#engine = parts.engine
    this.#ledger = parts.ledger
    this.#clock = parts.clock
    this.#follower = new StreamFollower({
      engine: parts.engine,
      ledger: parts.ledger,
      isNews: (stream) => !this.#silent.has(stream),
      begin: (streams) => this.#begin(streams),
      look: (stream) => this.#look(stream),
    })
  }

  /** Everything that waits, that which waits longest first. */
  async list(): Promise<readonly Waiting[]> {
    // Nobody is listened to before anybody asks.
    this.#follower.listen()
    await this.#follower.catchUp()
    const nowMs = this.#clock.nowMs()
    const waiting = [...this.#asking.values()].flatMap((state) =>
      openApprovals(state, nowMs).map((open) => ({ state, open })),
    )
    return waiting.sort((one, other) => one.open.askedAtMs - other.open.askedAtMs)
  }

  /** Stops listening; whoever asks all the same is told the truth, if slowly. Idempotent. */
  close(): void {
    this.#follower.close()
  }

  #begin(streams: readonly StreamSummary[]): readonly string[] {
    const silent = new Set<string>()
    this.#asking.clear()
    this.#ramps.clear()
    for (const summary of streams) {
      const { stream, lastType } = summary
      if (this.#silent.has(stream) || !isRampStream(summary)) silent.add(stream)
      else if (lastType !== 'ramp.ended') this.#ramps.add(stream)
    }
    this.#silent = silent
    return [...this.#ramps]
  }

  async #look(stream: string): Promise<void> {
    if (!this.#ramps.has(stream)) {
      const type = await this.#firstType(stream)
      if (type === undefined) return
      if (type !== 'ramp.opened') {
        this.#silent.add(stream)
        return
      }
    }
    const state = await this.#engine.state(stream)
    if (state !== undefined && state.ended === undefined && asksPeople(state)) {
      this.#ramps.add(stream)
      this.#asking.set(stream, state)
      return
    }
    this.#asking.delete(stream)
    this.#ramps.delete(stream)
    if (state?.ended === undefined) this.#silent.add(stream)
  }

  async #firstType(stream: string): Promise<string | undefined> {
    for await (const { entry } of this.#ledger.read(stream)) return entry.type
    return undefined
  }
}

function asksPeople({ plan }: RampState): boolean {
  return plan.stages.some(({ gates, conditions }) =>
    [...gates, ...conditions].some(({ question }) => question.ask === 'approval'),
  )
}
