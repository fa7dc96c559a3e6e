/**
 * The engine: takes up every unfinished ramp, opens new ones, passes on words and news. It never
 * knows a kind of contract by name. Several of them may share a store; each then runs the ramps of
 * the subjects whose leases it holds.
 */

import type { Word } from '../core/entry/entry.ts'
import { assert } from '../core/fault/assert.ts'
import { Fault, isFault } from '../core/fault/fault.ts'
import { checkPlan } from '../core/plan/check-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import { assessWord, type Refusal } from '../core/ramp/decide-word.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { JsonObject } from '../core/units/json.ts'
import type { RampSettings } from '../seams/settings.ts'
import { eachAtOnce } from './each-at-once.ts'
import { type Errand, Errands, type ErrandsOptions } from './errands.ts'
import { EngineEvents } from './events.ts'
import { FollowUps, type FollowUpsOptions, maybeUnfollowed } from './follow-ups.ts'
import { forgetSettings } from './forget-settings.ts'
import { assertKnownParts } from './known-parts.ts'
import { closedFault, LocalRamps, type NewRamp } from './local-ramps.ts'
import { NewsWire } from './news-wire.ts'
import { type Right, soleRight } from './ownership.ts'
import type { EngineParts } from './parts.ts'
import { RampDirectory } from './ramp-directory.ts'
import { rampId } from './ramp-id.ts'
import { loadState } from './snapshots.ts'
import { endedFault, findSpoken, movedOn, type Saying, type Spoken, speak } from './speaking.ts'
import { subjectOf } from './subject.ts'
import { type HeldSubject, Subjects } from './subjects.ts'
import { Vacancies } from './vacancies.ts'

/** So many ramps are taken up at once. */
const TAKE_UP_AT_ONCE = 16

/** What to open. */
export interface Opening {
  readonly plan: Plan
  readonly settings: RampSettings
  /** Who proposes it. */
  readonly by: string
}

/** Runs ramps. */
export class Engine {
  readonly events: EngineEvents = new EngineEvents()
  readonly #parts: EngineParts
  readonly #local: LocalRamps
  readonly #directory: RampDirectory
  readonly #subjects: Subjects
  readonly #followUps: FollowUps
  readonly #news: NewsWire
  /** Absent: this engine moves everything. */
  readonly #errands: Errands | undefined
  readonly #vacancies: Vacancies | undefined
  /** Ramps that are being opened by errands. */
  readonly #opening = new Map<string, Promise<void>>()
  readonly #closing = new AbortController()

  constructor(parts: EngineParts) {
    const { leases, mailbox, ledger } = parts
    assert(
      (leases === undefined) === (mailbox === undefined),
      'leases and mailbox are given together',
    )
    const { events } = this
    const closing = this.#closing.signal
    this.#parts = parts
    const onTrouble = (error: unknown): void => this.#onTrouble(error)
    const onFenced = (right: Right): void => this.#subjects.lose(right)
    const onUnwatched = (watch: NewRamp): void => this.#followUps.again(watch)
    const local = new LocalRamps({ parts, events, onFenced, onUnwatched })
    const directory = new RampDirectory(ledger)
    const onHeld = (held: HeldSubject): void => this.#onHeld(held)
    const subjects = new Subjects({ parts, events, local, directory, onHeld, onTrouble })
    const open: FollowUpsOptions['open'] = (next, right) => this.#follow(next, right)
    this.#local = local
    this.#directory = directory
    this.#subjects = subjects
    this.#followUps = new FollowUps({ parts, events, local, directory, subjects, open })
    this.#news = new NewsWire({ parts, local, directory, onTrouble })
    if (leases !== undefined && mailbox !== undefined) {
      const perform: ErrandsOptions['perform'] = (errand, right) => this.#perform(errand, right)
      this.#errands = new Errands({
        parts,
        leases,
        mailbox,
        subjects,
        closing,
        onTrouble,
        perform,
      })
      this.#vacancies = new Vacancies({
        parts,
        events,
        leases,
        directory,
        subjects,
        local,
        onTrouble,
      })
    }
    events.on('ramp.advanced', ({ state }) => this.#onAdvanced(state))
  }

  /** Takes up what the ledger holds unfinished. Called once, before anything else. */
  async start(): Promise<void> {
    // Of what is shared with others, a part is taken now and the rest by whoever looks next.
    const ramps = this.#vacancies === undefined ? await this.#takeUpAll() : []
    await this.#vacancies?.start()
    this.events.emit('engine.started', { ramps })
  }

  /**
   * Checks a plan and opens a ramp of it, here or at the replica that owns its subject.
   *
   * @returns the ramp's id, once its opening is recorded
   * @throws plan-cyclic, plan-unreachable when the plan can never be run to an end
   * @throws part-unknown when it asks for what this build does not have
   * @throws ramp-busy when a ramp of the same contract is under way
   * @throws store-unavailable when another replica did not answer; it may have opened it
   */
  async open(opening: Opening): Promise<string> {
    this.#assertOpen()
    const { settings, by } = opening
    const plan = checkPlan(opening.plan)
    assertKnownParts(plan, this.#parts)
    const ramp = rampId(plan, this.#parts.random)
    if (this.#errands === undefined) {
      await this.#open({ ramp, plan, settings, by }, soleRight(subjectOf(plan)))
      return ramp
    }
    // Settings may be secret: they never go by letter, but by the store, under the ramp's id.
    await this.#parts.settings.keep(ramp, settings)
    try {
      await this.#errands.run(subjectOf(plan), { do: 'open', ramp, plan, by })
    } catch (error) {
      // What the owner could not tell for certain, nobody else can.
      const isAnswered = !isFault(error, 'ledger-unavailable')
      if (isAnswered) await forgetSettings(this.#parts.settings, ramp, error)
      throw error
    }
    return ramp
  }

  /**
   * Says a word to a ramp, whichever replica runs it.
   *
   * @returns what became of it, once it is recorded
   * @throws word-refused when the ramp has ended
   * @throws precondition-failed when it is at none of the heads that the word is for
   * @throws ledger-unavailable, store-unavailable when that is not known; it may still be heard
   */
  async speak(saying: Saying): Promise<Spoken> {
    this.#assertOpen()
    const { ramp, by, word, heads } = saying
    const state = await this.state(ramp)
    if (state === undefined || state.ended !== undefined) throw endedFault(state, saying)
    if (this.#errands === undefined) return await this.#speak(saying)
    // The owner judges; but whatever is past already would only be looked for in the wrong place.
    const { sequence: after } = state
    if (heads?.every((head) => head < after) === true) throw movedOn(ramp, after)
    const at = heads === undefined ? {} : { heads }
    const errand: Errand = { do: 'say', ramp, by, word, after, ...at }
    return (await this.#errands.run(subjectOf(state.plan), errand)) as unknown as Spoken
  }

  /**
   * Passes on a word to a ramp that is under way here, without waiting until it is recorded.
   *
   * @returns why it will have no effect, as far as can be told now
   * @throws ramp-unknown when no such ramp is under way here
   */
  say(ramp: string, by: string, word: Word): Refusal | undefined {
    this.#assertOpen()
    const loop = this.#local.loop(ramp)
    if (loop === undefined) throw unknownFault(ramp)
    const refusal = assessWord(loop.state, by, word)
    loop.hear({ type: 'word', by, word })
    return refusal
  }

  /** The state of a ramp, under way or ended; undefined when there is none. */
  async state(ramp: string): Promise<RampState | undefined> {
    return this.#local.loop(ramp)?.state ?? (await loadState(this.#parts.ledger, ramp))
  }

  /** The ramps under way here. */
  underWay(): readonly RampState[] {
    return this.#local.begun().map((loop) => loop.state)
  }

  /** Stops running without ending any ramp, so that others can go on at once. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#errands?.close()
    await this.#vacancies?.close()
    await this.#followUps.close()
    this.#news.close()
    await this.#local.close()
    await this.#subjects.close()
  }

  /** Takes up everything, as an engine does that is alone with its store. */
  async #takeUpAll(): Promise<readonly string[]> {
    const { ledger, settings } = this.#parts
    const listing = await this.#directory.list()
    const unfinished = listing.filter(({ lastType }) => lastType !== 'ramp.ended')
    const ramps = unfinished.map(({ stream }) => stream)
    await eachAtOnce(ramps, TAKE_UP_AT_ONCE, async (ramp) => {
      const state = await loadState(ledger, ramp)
      if (state === undefined || state.ended !== undefined) return
      const kept = await settings.load(ramp)
      await this.#local.takeUp(state, kept, soleRight(subjectOf(state.plan)))
    })
    await this.#news.join(ramps)
    // Whatever reached its goal just before the last engine ended is still to be followed up.
    for (const ramp of maybeUnfollowed(listing)) this.#followUps.soon(ramp)
    return ramps
  }

  async #open(opening: NewRamp, right: Right): Promise<void> {
    // What is just being followed up is there a moment later, and would then be in the way.
    if (opening.plan.endless !== true) await this.#followUps.settled()
    await this.#local.open(opening, right)
    await this.#news.join([opening.ramp])
  }

  async #follow(following: Omit<NewRamp, 'ramp'>, right: Right): Promise<void> {
    const plan = checkPlan(following.plan)
    const ramp = rampId(plan, this.#parts.random)
    await this.#local.open({ ...following, plan, ramp }, right)
    await this.#news.join([ramp])
  }

  async #speak(saying: Saying): Promise<Spoken> {
    const parts = { events: this.events, clock: this.#parts.clock, closing: this.#closing.signal }
    const loop = this.#local.loop(saying.ramp)
    if (loop === undefined) throw endedFault(await this.state(saying.ramp), saying)
    return await speak(parts, loop, saying)
  }

  /** Does an errand by right; one that was done already has no further effect. */
  async #perform(errand: Errand, right: Right): Promise<JsonObject> {
    if (errand.do === 'open') {
      await this.#openOnce(errand, right)
      return { ramp: errand.ramp }
    }
    const found = await findSpoken(this.#parts.ledger, errand, errand.after)
    return (found ?? (await this.#speak(errand))) as unknown as JsonObject
  }

  async #openOnce(
    { ramp, plan, by }: Extract<Errand, { do: 'open' }>,
    right: Right,
  ): Promise<void> {
    const opening = this.#opening.get(ramp) ?? this.#openKept({ ramp, plan, by }, right)
    this.#opening.set(ramp, opening)
    try {
      await opening
    } finally {
      this.#opening.delete(ramp)
    }
  }

  async #openKept(opening: Omit<NewRamp, 'settings'>, right: Right): Promise<void> {
    const { ramp } = opening
    if ((await this.state(ramp)) !== undefined) return
    const settings = await this.#parts.settings.load(ramp)
    if (settings === undefined) throw unsettledFault(ramp)
    await this.#open({ ...opening, settings, isKept: true }, right)
  }

  #onHeld({ ramps, ended }: HeldSubject): void {
    this.#errands?.look()
    void this.#news.join(ramps)
    if (ended !== undefined) this.#followUps.soon(ended)
  }

  #onAdvanced(state: RampState): void {
    this.#news.tell(state)
    if (state.ended === undefined) return
    this.#local.end(state)
    if (state.ended.outcome === 'reached') this.#followUps.soon(state.ramp)
  }

  #onTrouble(error: unknown): void {
    if (!this.events.has('engine.failed')) throw error
    this.events.emit('engine.failed', { error })
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) throw closedFault()
  }
}

function unknownFault(ramp: string): Fault {
  const hint = `No ramp ${ramp} is under way.`
  return new Fault({ code: 'ramp-unknown', operation: 'speak to ramp', subject: ramp, hint })
}

function unsettledFault(ramp: string): Fault {
  const hint = 'Nothing is kept under its id: the replicas do not share one store of settings.'
  return new Fault({ code: 'settings-unreadable', operation: 'open ramp', subject: ramp, hint })
}
