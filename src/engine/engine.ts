/**
 * The engine: takes up every unfinished ramp, opens new ones, passes on words and news. It never
 * knows a kind of contract by name.
 */

import type { Word } from '../core/entry/entry.ts'
import { Fault, isFault } from '../core/fault/fault.ts'
import { checkPlan } from '../core/plan/check-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import { assessWord, type Refusal } from '../core/ramp/decide-word.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { RampSettings } from '../seams/settings.ts'
import { EngineEvents } from './events.ts'
import { newsOf, wantsNews } from './news.ts'
import type { EngineParts } from './parts.ts'
import { rampId } from './ramp-id.ts'
import { RampLoop } from './ramp-loop.ts'
import { loadState } from './snapshots.ts'
import { subjectOf } from './subject.ts'

/** The pause before a follow-up is tried again that the ledger did not take. @unit ms */
const FOLLOW_UP_MS = 500

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
  readonly #loops = new Map<string, RampLoop>()
  /** The ramp under way by the subject it moves. */
  readonly #moving = new Map<string, string>()
  #isClosed = false
  #followingUp: Promise<void> = Promise.resolve()
  /** Openings that wait for what must end before them. */
  readonly #makingWay = new Set<() => void>()

  constructor(parts: EngineParts) {
    this.#parts = parts
    this.events.on('ramp.advanced', ({ state }) => this.#onAdvanced(state))
  }

  /** Takes up every ramp that the ledger holds unfinished. Called once, before anything else. */
  async start(): Promise<void> {
    const streams = await this.#parts.ledger.streams()
    const unfinished = streams.filter((stream) => stream.lastType !== 'ramp.ended')
    for (const { stream } of unfinished) {
      const state = await loadState(this.#parts.ledger, stream)
      if (state === undefined || state.ended !== undefined) continue
      const settings = await this.#parts.settings.load(stream)
      this.#moving.set(subjectOf(state.plan), stream)
      await this.#loop(stream, settings).begin({ state })
    }
    for (const loop of [...this.#loops.values()]) await this.#tellLatestNews(loop.ramp)
    // Whatever reached its goal just before the last engine ended is still to be followed up.
    const ended = streams.filter((stream) => stream.lastType === 'ramp.ended')
    for (const { stream } of ended.reverse()) this.#followUpSoon(stream)
    this.events.emit('engine.started', { ramps: unfinished.map(({ stream }) => stream) })
  }

  /**
   * Checks a plan and opens a ramp of it.
   *
   * @returns the ramp's id, once its opening is recorded
   * @throws plan-cyclic, plan-unreachable when the plan can never be run to an end
   * @throws ramp-busy when a ramp of the same contract is under way
   */
  async open(opening: Opening): Promise<string> {
    this.#assertOpen()
    const { settings, by } = opening
    const plan = checkPlan(opening.plan)
    const subject = subjectOf(plan)
    await this.#makeWay(subject, opening)
    this.#assertOpen()
    const busy = this.#moving.get(subject)
    if (busy !== undefined) throw busyFault(subject, busy)
    const ramp = rampId(plan, this.#parts.random)
    this.#moving.set(subject, ramp)
    try {
      await this.#parts.settings.keep(ramp, settings)
      this.#assertOpen()
      await this.#loop(ramp, settings).begin({ plan, by })
    } catch (error) {
      this.#moving.delete(subject)
      this.#loops.delete(ramp)
      throw error
    }
    await this.#tellLatestNews(ramp)
    return ramp
  }

  /** Ends the endless ramp that moves a subject: whatever is to be done goes before watching. */
  async #makeWay(subject: string, { plan, by }: Opening): Promise<void> {
    if (plan.endless === true) return
    // What is just being followed up is there a moment later, and would then be in the way.
    await this.#followingUp
    const ramp = this.#moving.get(subject)
    const loop = ramp === undefined ? undefined : this.#loops.get(ramp)
    if (!loop?.hasBegun || loop.state.plan.endless !== true) return
    if (loop.state.direction === 'undoing') return
    const why = `${plan.goal} takes its place`
    const isOver = this.#untilOver(loop)
    loop.hear({ type: 'word', by, word: { say: 'abort', undo: false, why } })
    await isOver
  }

  /** Settles once a ramp has ended or is undone, and also when that will never be recorded. */
  #untilOver({ ramp }: RampLoop): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const advanced = this.events.on('ramp.advanced', ({ state }) => {
      const isOver = state.ended !== undefined || state.direction === 'undoing'
      if (state.ramp === ramp && isOver) resolve()
    })
    const failed = this.events.on('loop.failed', (failure) => {
      if (failure.ramp === ramp) resolve()
    })
    this.#makingWay.add(resolve)
    return promise.finally(() => {
      advanced()
      failed()
      this.#makingWay.delete(resolve)
    })
  }

  /** Opens what follows a ramp that has reached its goal; once, also when a crash comes between. */
  async #followUp(ramp: string): Promise<void> {
    const settings = await this.#parts.settings.load(ramp)
    if (settings?.next === undefined) return
    const { next: plan, ...rest } = settings
    const state = await this.state(ramp)
    const isReached = state?.ended?.outcome === 'reached' && !this.#moving.has(subjectOf(plan))
    if (isReached && (await this.#isLatest(ramp, subjectOf(plan))))
      await this.open({ plan, settings: rest, by: state.by })
    await this.#parts.settings.keep(ramp, rest)
  }

  /** Whether no other ramp has moved a subject since: what follows then follows that one. */
  async #isLatest(ramp: string, subject: string): Promise<boolean> {
    const streams = (await this.#parts.ledger.streams()).map(({ stream }) => stream)
    for (const later of streams.slice(streams.indexOf(ramp) + 1)) {
      const state = await this.state(later)
      if (state !== undefined && subjectOf(state.plan) === subject) return false
    }
    return true
  }

  /**
   * Passes on a word. Whether it had an effect is recorded; what is known beforehand is returned.
   *
   * @returns why it will have no effect, as far as can be told now
   * @throws ramp-unknown when no such ramp is under way
   */
  say(ramp: string, by: string, word: Word): Refusal | undefined {
    this.#assertOpen()
    const loop = this.#loops.get(ramp)
    if (!loop?.hasBegun) throw unknownFault(ramp)
    const refusal = assessWord(loop.state, by, word)
    loop.hear({ type: 'word', by, word })
    return refusal
  }

  /** The state of a ramp, under way or ended; undefined when there is none. */
  async state(ramp: string): Promise<RampState | undefined> {
    const loop = this.#loops.get(ramp)
    return loop?.hasBegun ? loop.state : await loadState(this.#parts.ledger, ramp)
  }

  /** The ramps under way. */
  underWay(): readonly RampState[] {
    return this.#begun().map((loop) => loop.state)
  }

  /** Stops running without ending any ramp. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#followingUp
    for (const giveUp of this.#makingWay) giveUp()
    await Promise.all([...this.#loops.values()].map((loop) => loop.close()))
    this.#loops.clear()
  }

  #loop(ramp: string, settings: RampSettings | undefined): RampLoop {
    const loop = new RampLoop({ parts: this.#parts, events: this.events, ramp, settings })
    this.#loops.set(ramp, loop)
    return loop
  }

  #begun(): readonly RampLoop[] {
    return [...this.#loops.values()].filter((loop) => loop.hasBegun)
  }

  #onAdvanced(state: RampState): void {
    const news = newsOf(state)
    for (const loop of this.#begun()) {
      if (loop.ramp !== state.ramp && wantsNews(loop.state.plan, news.subject)) {
        loop.hear({ type: 'news', ...news })
      }
    }
    if (state.ended === undefined) return
    if (this.#moving.get(subjectOf(state.plan)) === state.ramp) {
      this.#moving.delete(subjectOf(state.plan))
    }
    this.#loops.delete(state.ramp)
    if (state.ended.outcome === 'reached') this.#followUpSoon(state.ramp)
  }

  #followUpSoon(ramp: string): void {
    this.#followingUp = this.#followingUp.then(() => this.#keepFollowingUp(ramp))
  }

  /** Tries until the ledger lets it; an engine that is closing leaves it to the next one. */
  async #keepFollowingUp(ramp: string): Promise<void> {
    while (!this.#isClosed) {
      try {
        return await this.#followUp(ramp)
      } catch (error) {
        if (isFault(error, 'engine-closed') || isFault(error, 'ramp-busy')) return
        if (!isFault(error) || !error.retryable) {
          return this.events.emit('loop.failed', { ramp, error })
        }
      }
      const { clock } = this.#parts
      await new Promise<void>((resolve) => clock.wakeAt(clock.nowMs() + FOLLOW_UP_MS, resolve))
    }
  }

  /** Tells a ramp how those that it asks about stand already. */
  async #tellLatestNews(ramp: string): Promise<void> {
    const plan = this.#loops.get(ramp)?.state.plan
    if (plan === undefined || !plan.stages.some((stage) => wantsNewsIn(stage))) return
    const latest = new Map<string, RampState>()
    for (const { stream } of await this.#parts.ledger.streams()) {
      const state = stream === ramp ? undefined : await loadState(this.#parts.ledger, stream)
      if (state !== undefined) latest.set(subjectOf(state.plan), state)
    }
    // Whoever is under way has gone on while the ledger was read; from here on nothing waits.
    for (const { state } of this.#begun()) latest.set(subjectOf(state.plan), state)
    for (const [subject, state] of latest) {
      if (state.ramp === ramp || !wantsNews(plan, subject)) continue
      this.#loops.get(ramp)?.hear({ type: 'news', ...newsOf(state) })
    }
  }

  #assertOpen(): void {
    if (!this.#isClosed) return
    const hint = 'The engine is shutting down and takes nothing new.'
    throw new Fault({ code: 'engine-closed', operation: 'ask the engine', subject: 'engine', hint })
  }
}

function wantsNewsIn(stage: Plan['stages'][number]): boolean {
  const conditions = [...stage.gates, ...stage.conditions, ...stage.guards]
  return conditions.some((condition) => condition.question.ask === 'ramp')
}

function busyFault(subject: string, ramp: string): Fault {
  const hint = `${ramp} is moving ${subject} already.`
  return new Fault({ code: 'ramp-busy', operation: 'open ramp', subject, hint })
}

function unknownFault(ramp: string): Fault {
  const hint = `No ramp ${ramp} is under way.`
  return new Fault({ code: 'ramp-unknown', operation: 'speak to ramp', subject: ramp, hint })
}
