/**
 * Every ramp on one line, and finding one by what people call it. What has ended never changes, so it
 * is folded once and remembered; it holds nothing that the ledger does not.
 */
import { Fault } from '../core/fault/fault.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { Engine } from '../engine/engine.ts'
import type { Ledger } from '../seams/ledger.ts'
import type { Records } from '../seams/records.ts'
import { KeptSummaries } from './kept-summaries.ts'
import { isOpen, matches, mayMatch, type RampFilter } from './ramp-filter.ts'
import { type RampHead, RampHeads } from './ramp-heads.ts'
import { summaryOf } from './ramp-summary.ts'
import { watchViewOf } from './watch-view.ts'
import type { RampPage, RampSummary, WatchView } from './wire.ts'

/** What the index is made of. */
export interface RampIndexParts {
  readonly engine: Engine
  readonly ledger: Ledger
  /** Where lines of ended ramps are kept. @default nowhere */
  readonly records?: Records
  onTrouble(error: unknown): void
}

/** Which ramps, and for whom. */
export interface RampsWanted extends RampFilter {
  readonly limit: number
  /** `next` of the page before. */
  readonly cursor?: string | undefined
}

/** What is known of a ramp under way until something happens to it, whichever replica runs it. */
export interface GoingRamp {
  readonly summary: RampSummary
  /** The groups of its stages, which are regions where it has any. */
  readonly groups: readonly string[]
  /** What it knows of the promises that it watches; absent: it is no watch. */
  readonly watch?: WatchView
}

/** Whether whoever asks may see a ramp. */
export type IsSeen = (ramp: RampSummary) => boolean | Promise<boolean>

const everything: IsSeen = () => true

/** So many ramps are looked at before others have their turn. */
const TURN = 2_000

/** Summaries of ramps. */
export class RampIndex {
  readonly #engine: Engine
  readonly #heads: RampHeads
  readonly #ended: KeptSummaries
  /** Ramps under way, until something happens to them; undefined while one is being read. */
  readonly #underWay = new Map<string, GoingRamp | undefined>()
  /** Of which contract a ramp is, `<kind>/<name>`: its id tells the name alone, which kinds may share. */
  readonly #contracts = new Map<string, string>()
  readonly #stopListening: () => void

  constructor(parts: RampIndexParts) {
    const { engine, records, onTrouble } = parts
    this.#engine = engine
    this.#ended = new KeptSummaries(records, onTrouble)
    this.#heads = new RampHeads(parts, (ramp) => {
      if (ramp === undefined) this.#underWay.clear()
      else this.#underWay.delete(ramp)
    })
    this.#stopListening = engine.events.on('ramp.advanced', ({ state }) => {
      if (state.ended !== undefined) this.#ended.add(summaryOf(state))
    })
  }

  /** Some ramps, newest first. @throws ramp-unknown when the cursor is no ramp */
  async page(wanted: RampsWanted, isSeen: IsSeen = everything): Promise<RampPage> {
    const { limit, cursor, ...filter } = wanted
    const heads = await this.#heads.list()
    const isPlain = isOpen(filter) && isSeen === everything
    if (!isPlain) await this.#ended.load()
    const end = beginOf(heads, cursor)
    // What may not be seen is as unknown as what never was, in a cursor too.
    if (cursor !== undefined && !isPlain && !(await isSeen(await this.#summaryOf(cursor)))) {
      throw unknownCursor(cursor)
    }
    const ramps: RampSummary[] = []
    let looked = 0
    for (let place = end - 1; place >= 0; place -= 1) {
      const head = heads[place]
      if (head === undefined || !mayMatch(head, filter)) continue
      const last = ramps.at(-1)
      if (ramps.length === limit && last !== undefined) return { ramps, next: last.ramp }
      const summary = await this.#summaryOf(head.ramp)
      if (matches(summary, filter) && (await isSeen(summary))) ramps.push(summary)
      looked += 1
      if (looked % TURN === 0) await new Promise(setImmediate)
    }
    return { ramps }
  }

  /** The latest ramp of each contract, newest first; those that only watch aside. */
  async latestOfEach(isSeen: IsSeen = everything): Promise<readonly RampSummary[]> {
    const latest: RampSummary[] = []
    for (const ramp of (await this.lastIds()).values()) {
      const summary = await this.#summaryOf(ramp)
      if (await isSeen(summary)) latest.push(summary)
    }
    return latest
  }

  /** The id of the latest ramp of each contract, `<kind>/<name>`, newest first; watching aside. */
  async lastIds(): Promise<ReadonlyMap<string, string>> {
    const heads = (await this.#heads.list()).toReversed()
    const last = new Map<string, string>()
    let looked = 0
    for (const { ramp, isWatch } of heads) {
      if (isWatch) continue
      const known = this.#contracts.get(ramp)
      const contract = known ?? (await this.#learnContract(ramp))
      if (!last.has(contract)) last.set(contract, ramp)
      if (known === undefined) looked += 1
      if (looked % TURN === TURN - 1) await new Promise(setImmediate)
    }
    return last
  }

  /** The ramps that watch now, oldest first, whichever replica runs them. */
  watches(isSeen?: IsSeen): Promise<readonly GoingRamp[]> {
    return this.#going(({ isWatch }) => isWatch, isSeen)
  }

  /** The last ramp that watched a contract since that ramp of it, by contract; ended ones too. */
  async watchedSince(ramps: readonly RampSummary[]): Promise<ReadonlyMap<string, RampSummary>> {
    const since = new Map(ramps.map(({ ramp, contract }) => [contractName(contract), ramp]))
    // By name, which kinds may share: whatever is older than these need not be read.
    const sought = new Map<string, Set<string>>()
    for (const { ramp, contract } of ramps) {
      sought.set(contract.name, (sought.get(contract.name) ?? new Set()).add(ramp))
    }
    const last = new Map<string, RampSummary>()
    for (const { ramp, name, isWatch } of (await this.#heads.list()).toReversed()) {
      if (sought.size === 0) break
      const here = sought.get(name)
      if (here?.delete(ramp) === true && here.size === 0) sought.delete(name)
      if (here === undefined || !isWatch) continue
      const summary = await this.#summaryOf(ramp)
      const contract = contractName(summary.contract)
      if (!last.has(contract) && here.has(since.get(contract) ?? '')) last.set(contract, summary)
    }
    return last
  }

  /** The ramps under way, oldest first, whichever replica runs them. */
  underWay(isSeen?: IsSeen): Promise<readonly GoingRamp[]> {
    return this.#going(() => true, isSeen)
  }

  /** The latest ramp of contracts of that name that meets a demand. */
  async latest(
    contract: string,
    meets: (summary: RampSummary) => boolean = () => true,
  ): Promise<RampSummary | undefined> {
    for (const { name, ramp } of (await this.#heads.list()).toReversed()) {
      if (name !== contract) continue
      const summary = await this.#summaryOf(ramp)
      if (meets(summary)) return summary
    }
    return undefined
  }

  /**
   * The id of the ramp that is meant by an id, a beginning of one, `latest`, or a contract's name. What
   * may not be seen is not there.
   *
   * @throws ramp-unknown, ramp-ambiguous
   */
  async find(called: string, isSeen: IsSeen = everything): Promise<string> {
    const isMine = async ({ ramp }: RampHead): Promise<boolean> =>
      isSeen === everything || (await isSeen(await this.#summaryOf(ramp)))
    const exact = await this.#heads.get(called)
    if (exact !== undefined && (await isMine(exact))) return called
    const newest = (await this.#heads.list()).toReversed()
    for (const head of newest) {
      const isMeant = !head.isWatch && (called === 'latest' || head.name === called)
      if (isMeant && (await isMine(head))) return head.ramp
    }
    const begun: string[] = []
    for (const head of newest) {
      if (head.ramp.startsWith(called) && (await isMine(head))) begun.push(head.ramp)
    }
    const [only] = begun
    if (only === undefined) throw unknownRamp(called)
    if (begun.length > 1) throw ambiguousRamp(called, begun)
    return only
  }

  /** A ramp on one line; undefined when there is no such ramp. */
  async summary(ramp: string): Promise<RampSummary | undefined> {
    const head = await this.#heads.get(ramp)
    return head === undefined ? undefined : await this.#summaryOf(ramp)
  }

  /** The state of a ramp that was found. */
  async state(ramp: string): Promise<RampState> {
    const state = await this.#engine.state(ramp)
    if (state === undefined) throw unknownRamp(ramp)
    return state
  }

  /** Stops listening. Idempotent. */
  close(): void {
    this.#heads.close()
    this.#stopListening()
  }

  async #learnContract(ramp: string): Promise<string> {
    await this.#ended.load()
    const { contract } = await this.#summaryOf(ramp)
    const called = contractName(contract)
    this.#contracts.set(ramp, called)
    return called
  }

  /** What has ended is not read again to learn that; what goes on, only when it has moved. */
  async #going(
    isMeant: (head: RampHead) => boolean,
    isSeen: IsSeen = everything,
  ): Promise<readonly GoingRamp[]> {
    // Whoever asks must not see a list that grows while they read it.
    const heads = (await this.#heads.list()).filter(
      (head) => !head.hadEnded && isMeant(head) && this.#ended.get(head.ramp) === undefined,
    )
    const going: GoingRamp[] = []
    for (const { ramp } of heads) {
      const found = this.#underWay.get(ramp) ?? (await this.#look(ramp))
      if (found.summary.phase === 'ended') continue
      if (await isSeen(found.summary)) going.push(found)
    }
    return going
  }

  async #summaryOf(ramp: string): Promise<RampSummary> {
    const known = this.#ended.get(ramp) ?? this.#underWay.get(ramp)?.summary
    if (known !== undefined) return known
    const found = await this.#look(ramp)
    return found.summary
  }

  async #look(ramp: string): Promise<GoingRamp> {
    this.#underWay.set(ramp, undefined)
    const state = await this.state(ramp)
    const going = goingOf(state)
    if (state.ended !== undefined) {
      this.#underWay.delete(ramp)
      this.#ended.add(going.summary)
      return going
    }
    // Whatever happened while it was read has taken the mark away, and what was read may be old.
    if (this.#underWay.has(ramp)) this.#underWay.set(ramp, going)
    return going
  }
}

function goingOf(state: RampState): GoingRamp {
  const { plan, ended } = state
  const isWatch = plan.endless === true && ended === undefined
  return {
    summary: summaryOf(state),
    groups: plan.groups.map(({ name }) => name),
    ...(isWatch ? { watch: watchViewOf(state) } : {}),
  }
}

/** How a contract is called among those of all kinds. */
export function contractName({
  kind,
  name,
}: Pick<RampSummary['contract'], 'kind' | 'name'>): string {
  return `${kind}/${name}`
}

/** The place after the first one that is wanted, oldest first. */
function beginOf(heads: readonly RampHead[], cursor: string | undefined): number {
  if (cursor === undefined) return heads.length
  const place = heads.findLastIndex(({ ramp }) => ramp === cursor)
  if (place < 0) throw unknownCursor(cursor)
  return place
}

function unknownCursor(cursor: string): Fault {
  return new Fault({
    code: 'ramp-unknown',
    operation: 'find the page',
    subject: cursor,
    hint: `No ramp is called ${cursor}, so that no page follows it; a cursor is \`next\` of an answer.`,
  })
}

/** That there is no such ramp, or none that whoever asks may see. */
export function unknownRamp(called: string): Fault {
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
