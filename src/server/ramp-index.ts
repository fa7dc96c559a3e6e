/**
 * Every ramp on one line, and finding one by what people call it. What has ended never changes, so it
 * is folded once and remembered; it holds nothing that the ledger does not.
 */
import { Fault } from '../core/fault/fault.ts'
import { ownerOf } from '../core/plan/owner.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Engine } from '../engine/engine.ts'
import { isRampStream } from '../engine/ramp-directory.ts'
import type { Ledger } from '../seams/ledger.ts'
import type { RampPage, RampPhase, RampSummary } from './wire.ts'

/** Summaries of ramps. */
export class RampIndex {
  readonly #engine: Engine
  readonly #ledger: Ledger
  readonly #ended = new Map<string, RampSummary>()

  constructor(parts: { readonly engine: Engine; readonly ledger: Ledger }) {
    this.#engine = parts.engine
    this.#ledger = parts.ledger
  }

  /** Some ramps, newest first, after the one that `cursor` names. */
  async page(limit: number, cursor?: string): Promise<RampPage> {
    const newest = await this.#newestFirst()
    const begin = cursor === undefined ? 0 : newest.indexOf(cursor) + 1
    if (cursor !== undefined && begin === 0) throw unknownRamp(cursor)
    const wanted = newest.slice(begin, begin + limit)
    const ramps: RampSummary[] = []
    for (const ramp of wanted) ramps.push(await this.#summaryOf(ramp))
    const last = wanted.at(-1)
    const isWhole = last === undefined || begin + limit >= newest.length
    return isWhole ? { ramps } : { ramps, next: last }
  }

  /** The latest ramp of each name that contracts have, newest first; those that only watch aside. */
  async latestOfEach(): Promise<readonly RampSummary[]> {
    const latest = new Map<string, string>()
    for (const ramp of await this.#newestFirst()) {
      const name = contractIn(ramp)
      if (!latest.has(name) && !isWatch(ramp)) latest.set(name, ramp)
    }
    return Promise.all([...latest.values()].map((ramp) => this.#summaryOf(ramp)))
  }

  /** The latest ramp of contracts of that name that meets a demand. */
  async latest(
    contract: string,
    meets: (summary: RampSummary) => boolean = () => true,
  ): Promise<RampSummary | undefined> {
    for (const ramp of await this.#newestFirst()) {
      if (contractIn(ramp) !== contract) continue
      const summary = await this.#summaryOf(ramp)
      if (meets(summary)) return summary
    }
    return undefined
  }

  /**
   * The id of the ramp that is meant by an id, a beginning of one, `latest`, or a contract's name.
   *
   * @throws ramp-unknown, ramp-ambiguous
   */
  async find(called: string): Promise<string> {
    const newest = await this.#newestFirst()
    if (newest.includes(called)) return called
    const ofContract = newest.find(
      (ramp) => !isWatch(ramp) && (called === 'latest' || contractIn(ramp) === called),
    )
    if (ofContract !== undefined) return ofContract
    const begun = newest.filter((ramp) => ramp.startsWith(called))
    const [only] = begun
    if (only === undefined) throw unknownRamp(called)
    if (begun.length > 1) throw ambiguousRamp(called, begun)
    return only
  }

  /** A ramp on one line; undefined when there is no such ramp. */
  async summary(ramp: string): Promise<RampSummary | undefined> {
    const newest = await this.#newestFirst()
    return newest.includes(ramp) ? await this.#summaryOf(ramp) : undefined
  }

  /** The state of a ramp that was found. */
  async state(ramp: string): Promise<RampState> {
    const state = await this.#engine.state(ramp)
    if (state === undefined) throw unknownRamp(ramp)
    return state
  }

  async #newestFirst(): Promise<readonly string[]> {
    const streams = await this.#ledger.streams()
    const ramps = streams.filter(isRampStream)
    return ramps.map(({ stream }) => stream).reverse()
  }

  async #summaryOf(ramp: string): Promise<RampSummary> {
    const known = this.#ended.get(ramp)
    if (known !== undefined) return known
    const summary = summaryOf(await this.state(ramp))
    if (summary.phase === 'ended') this.#ended.set(ramp, summary)
    return summary
  }
}

/** A ramp on one line. */
export function summaryOf(state: RampState): RampSummary {
  const { ramp, plan, by, openedAtMs, latestMs, ended, held, undoCause } = state
  const cause = ended?.cause ?? held ?? undoCause
  const owner = cause === undefined ? undefined : ownerOf(plan, cause)
  return {
    ramp,
    contract: plan.contract,
    goal: plan.goal,
    phase: phaseOf(state),
    by,
    openedAtMs,
    latestMs,
    ...(ended === undefined ? {} : { outcome: ended.outcome, endedAtMs: ended.atMs }),
    ...(cause === undefined ? {} : { cause: cause.sentence }),
    ...(owner === undefined ? {} : { owner }),
  }
}

/** The name of the contract as the id of a ramp tells it, so that not every ramp must be folded. */
function contractIn(ramp: string): string {
  return ramp.replace(/-[a-z]+-[0-9a-z]{6}$/, '')
}

/** Whether a ramp only watches, as its id tells. */
function isWatch(ramp: string): boolean {
  return /-watch-[0-9a-z]{6}$/.test(ramp)
}

function phaseOf(state: RampState): RampPhase {
  if (state.ended !== undefined) return 'ended'
  if (state.held !== undefined) return 'held'
  if (state.direction === 'undoing') return 'undoing'
  return state.plan.endless === true ? 'watching' : 'moving'
}

function unknownRamp(called: string): Fault {
  return new Fault({
    code: 'ramp-unknown',
    operation: 'find the ramp',
    subject: called,
    hint: `No ramp and no contract is called ${called}.`,
  })
}

function ambiguousRamp(called: string, begun: readonly string[]): Fault {
  const names = begun.slice(0, 5).join(', ')
  const more = begun.length > 5 ? ` and ${begun.length - 5} more` : ''
  return new Fault({
    code: 'ramp-ambiguous',
    operation: 'find the ramp',
    subject: called,
    hint: `${begun.length} ramps begin so: ${names}${more}. Write more letters.`,
  })
}
