/** The ramps that this engine runs: one loop each, one ramp a subject. */

import { Fault } from '../core/fault/fault.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { RampState } from '../core/ramp/state.ts'
import type { RampSettings } from '../seams/settings.ts'
import type { EngineEvents } from './events.ts'
import { forgetSettings } from './forget-settings.ts'
import type { Right } from './ownership.ts'
import type { EngineParts } from './parts.ts'
import { RampLoop, RETRY_MOST_MS } from './ramp-loop.ts'
import { subjectOf } from './subject.ts'

/** A ramp to be opened. */
export interface NewRamp {
  readonly ramp: string
  readonly plan: Plan
  readonly settings: RampSettings
  readonly by: string
  /** Whether its settings are kept already. @default false */
  readonly isKept?: boolean
}

/** What the ramps are run with. */
export interface LocalRampsOptions {
  readonly parts: EngineParts
  readonly events: EngineEvents
  /** Called when the ledger says that a right is another's. */
  onFenced(right: Right): void
  /** Called when watching was ended for the sake of a ramp that could not be opened then. */
  onUnwatched(watch: NewRamp): void
}

/** Opens, takes up, finds and stops ramps. */
export class LocalRamps {
  readonly #options: LocalRampsOptions
  readonly #loops = new Map<string, RampLoop>()
  /** Of ramps that have ended: what they have under way may go on to its time-out. */
  readonly #ended = new Set<RampLoop>()
  /** The ramp under way by the subject it moves. */
  readonly #moving = new Map<string, string>()
  readonly #byRight = new WeakMap<Right, Set<RampLoop>>()
  /** Openings that wait for what must end before them. */
  readonly #makingWay = new Set<() => void>()
  #isClosed = false

  constructor(options: LocalRampsOptions) {
    this.#options = options
  }

  /** A ramp that is under way here, and of which there is a state. */
  loop(ramp: string): RampLoop | undefined {
    const loop = this.#loops.get(ramp)
    return loop?.hasBegun === true ? loop : undefined
  }

  /** How many there are. */
  get count(): number {
    return this.#loops.size
  }

  /** All of them. */
  begun(): readonly RampLoop[] {
    return [...this.#loops.values()].filter((loop) => loop.hasBegun)
  }

  /** The ramp under way that moves a subject. */
  moving(subject: string): string | undefined {
    return this.#moving.get(subject)
  }

  /** Goes on with a ramp from where the ledger left it. */
  async takeUp(state: RampState, settings: RampSettings | undefined, right: Right): Promise<void> {
    this.#moving.set(subjectOf(state.plan), state.ramp)
    await this.#loop(state.ramp, settings, right).begin({ state })
  }

  /**
   * Opens a ramp. The endless one that moves its subject is ended for that, if it can be.
   *
   * @throws ramp-busy when another one moves its subject
   * @throws ledger-unavailable when the ledger takes nothing for long; what watches goes on then
   * @throws ledger-fenced when the right to it was lost meanwhile
   * @throws engine-closed
   */
  async open(opening: NewRamp, right: Right): Promise<void> {
    this.#assertOpen()
    const { ramp, plan, settings, by, isKept } = opening
    if (this.#inTheWay(plan) !== undefined) return await this.#openInstead(opening, right)
    const subject = subjectOf(plan)
    const busy = this.#moving.get(subject)
    if (busy !== undefined) throw busyFault(subject, busy)
    this.#moving.set(subject, ramp)
    try {
      if (isKept !== true) await this.#options.parts.settings.keep(ramp, settings)
      this.#assertOpen()
      await this.#loop(ramp, settings, right).begin({ plan, by })
    } catch (error) {
      this.#forget(subject, ramp)
      // It is not on record, as the loop has looked. What others keep for it, they forget themselves.
      if (isKept !== true) await forgetSettings(this.#options.parts.settings, ramp, error)
      throw error
    }
  }

  /** Forgets a ramp that has ended. */
  end(state: RampState): void {
    const loop = this.#loops.get(state.ramp)
    this.#forget(subjectOf(state.plan), state.ramp)
    for (const one of this.#ended) if (!one.isBusy) this.#ended.delete(one)
    if (loop?.isBusy === true) this.#ended.add(loop)
  }

  /** Stops what acts by a right that is lost, ending nothing; which ramps these are. */
  abandon(right: Right): readonly string[] {
    const loops = [...(this.#byRight.get(right) ?? [])]
    for (const loop of loops) {
      loop.abandon()
      this.#forget(right.subject, loop.ramp)
    }
    return loops.map(({ ramp }) => ramp)
  }

  /** Stops running without ending any ramp. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const giveUp of this.#makingWay) giveUp()
    await Promise.all([...this.#loops.values(), ...this.#ended].map((loop) => loop.close()))
    this.#loops.clear()
    this.#ended.clear()
  }

  /** Opens a ramp in place of the one that watches: whatever is to be done goes before watching. */
  async #openInstead(opening: NewRamp, right: Right): Promise<void> {
    const { ramp, settings, isKept } = opening
    const { parts } = this.#options
    // Before anything is ended: where there is no room for them, watching goes on.
    if (isKept !== true) await parts.settings.keep(ramp, settings)
    // Looked for anew, since it may have ended meanwhile.
    const watching = this.#inTheWay(opening.plan)
    try {
      if (watching !== undefined) await this.#makeWay(watching, opening)
      await this.open({ ...opening, isKept: true }, right)
    } catch (error) {
      this.#tellUnwatched(watching)
      if (isKept !== true) await forgetSettings(parts.settings, ramp, error)
      throw error
    }
  }

  #tellUnwatched(loop: RampLoop | undefined): void {
    if (loop?.settings === undefined || loop.state.ended?.outcome !== 'abandoned') return
    const { ramp, settings } = loop
    const { plan, by } = loop.state
    this.#options.onUnwatched({ ramp, plan, settings, by })
  }

  /** The endless ramp that would have to end for the sake of a plan. */
  #inTheWay(plan: Plan): RampLoop | undefined {
    const ramp = this.#moving.get(subjectOf(plan))
    const loop = ramp === undefined ? undefined : this.loop(ramp)
    if (plan.endless === true || loop?.state.plan.endless !== true) return undefined
    return loop.state.direction === 'undoing' ? undefined : loop
  }

  /**
   * Ends the endless ramp that moves a plan's subject.
   *
   * @throws ledger-unavailable when the ledger takes nothing for long; it is not ended then
   */
  async #makeWay(loop: RampLoop, { plan, by }: Pick<NewRamp, 'plan' | 'by'>): Promise<void> {
    const isOver = this.#untilOver(loop)
    const why = `${plan.goal} takes its place`
    const word = { say: 'abort', undo: false, why } as const
    const giving = new AbortController()
    loop.hear({ type: 'word', by, word }, { unless: giving.signal })
    try {
      await isOver
    } catch (error) {
      // Else it would end as soon as the ledger takes it, for the sake of what was never opened.
      giving.abort()
      throw error
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw closedFault()
  }

  #forget(subject: string, ramp: string): void {
    if (this.#moving.get(subject) === ramp) this.#moving.delete(subject)
    const loop = this.#loops.get(ramp)
    if (loop !== undefined) this.#byRight.get(loop.right)?.delete(loop)
    this.#loops.delete(ramp)
  }

  #loop(ramp: string, settings: RampSettings | undefined, right: Right): RampLoop {
    const { parts, events, onFenced } = this.#options
    const loop = new RampLoop({ parts, events, ramp, settings, right, onFenced })
    this.#loops.set(ramp, loop)
    this.#byRight.set(right, (this.#byRight.get(right) ?? new Set()).add(loop))
    return loop
  }

  /**
   * Settles once a ramp has ended or is undone, and also when that will never be recorded here; rejects
   * when that cannot be recorded for long.
   */
  #untilOver({ ramp, right }: RampLoop): Promise<void> {
    const { events } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stops = [
      events.on('ramp.advanced', ({ state }) => {
        const isOver = state.ended !== undefined || state.direction === 'undoing'
        if (state.ramp === ramp && isOver) resolve()
      }),
      events.on('ledger.retried', (retried) => {
        if (retried.ramp === ramp && retried.pauseMs >= RETRY_MOST_MS) reject(retried.error)
      }),
      events.on('loop.failed', (failure) => {
        if (failure.ramp === ramp) resolve()
      }),
      events.on('ownership.lost', ({ subject }) => {
        if (subject === right.subject) resolve()
      }),
    ]
    this.#makingWay.add(resolve)
    return promise.finally(() => {
      for (const stop of stops) stop()
      this.#makingWay.delete(resolve)
    })
  }
}

/** The fault of whoever asks an engine that is shutting down. */
export function closedFault(): Fault {
  const hint = 'The engine is shutting down and takes nothing new.'
  return new Fault({ code: 'engine-closed', operation: 'ask the engine', subject: 'engine', hint })
}

function busyFault(subject: string, ramp: string): Fault {
  const hint = `${ramp} is moving ${subject} already.`
  return new Fault({ code: 'ramp-busy', operation: 'open ramp', subject, hint })
}
