/**
 * The subjects this engine moves: takes them, takes up what is unfinished there, and lets go of them.
 * An engine that is alone with its store moves all of them, and none of this costs it anything.
 */
import type { RampState } from '../core/ramp/state.ts'
import type { EngineEvents } from './events.ts'
import { LedgerLooks } from './ledger-looks.ts'
import type { LocalRamps } from './local-ramps.ts'
import { Ownership, type Right, soleRight } from './ownership.ts'
import type { EngineParts } from './parts.ts'
import type { RampDirectory } from './ramp-directory.ts'
import { loadState } from './snapshots.ts'

/** What is shared by whatever acts upon subjects. */
export interface SubjectsOptions {
  readonly parts: EngineParts
  readonly events: EngineEvents
  readonly local: LocalRamps
  readonly directory: RampDirectory
  /** Called when a subject is held, with all that was unfinished there under way. */
  onHeld(held: HeldSubject): void
  /** Called when leases fail by a bug. */
  onTrouble(error: unknown): void
}

/** What was found about a subject when it was taken. */
export interface HeldSubject {
  /** The ramps that were taken up. */
  readonly ramps: readonly string[]
  /** The latest ramp, where that has ended: what is to follow it may not have been opened. */
  readonly ended?: string
}

/** What the subjects of leases begin with by which replicas know of each other. */
const PRESENCE = 'replica:'
/** Beyond so many, a replica whose life the store holds to be over would look on for ever. */
const REPLICAS_MOST = 256

/** Whether a lease is only held to be seen. */
export function isPresence(subject: string): boolean {
  return subject.startsWith(PRESENCE)
}

/** Holds what this engine moves. */
export class Subjects {
  readonly #options: SubjectsOptions
  readonly #ownership: Ownership | undefined
  readonly #looks: LedgerLooks
  /** Rights to subjects whose unfinished ramps run here by now. */
  readonly #settled = new WeakSet<Right>()
  #presence: Right | undefined
  readonly #settling = new Map<Right, Promise<void>>()
  /** How much is being done about each subject besides its ramp. */
  readonly #uses = new Map<string, number>()

  constructor(options: SubjectsOptions) {
    this.#options = options
    this.#looks = new LedgerLooks(options.directory)
    const { parts, onTrouble } = options
    const { leases, clock } = parts
    if (leases === undefined) return
    const isIdle = (subject: string): boolean => this.#isIdle(subject)
    const onLost = (right: Right): void => this.#onLost(right)
    this.#ownership = new Ownership({ leases, clock, isIdle, onLost, onTrouble })
  }

  /** The right to a subject that is held, with all that was unfinished there under way. */
  right(subject: string): Right | undefined {
    if (this.#ownership === undefined) return soleRight(subject)
    const right = this.#ownership.right(subject)
    return right !== undefined && this.#settled.has(right) ? right : undefined
  }

  /**
   * Holds a subject, taking up what is unfinished there.
   *
   * @returns undefined while another replica holds it
   * @throws store-unavailable, ledger-unavailable; it is then not held
   */
  async hold(subject: string): Promise<Right | undefined> {
    const held = this.right(subject)
    if (held !== undefined) return held
    return await this.#whileUsed([subject], async () => {
      const right = await this.#ownership?.take(subject)
      return right && (await this.#settle(right))
    })
  }

  /** Holds those of some subjects that are to be had, looking at the ledger once for all of them. */
  async holdAll(subjects: readonly string[]): Promise<readonly Right[]> {
    return await this.#whileUsed(subjects, async () => {
      const takes = subjects.map((subject) => this.#ownership?.take(subject))
      const rights = had(await Promise.allSettled(takes))
      return had(await Promise.allSettled(rights.map((right) => this.#settle(right))))
    })
  }

  /** Does something about a subject by right; it is not given back meanwhile. */
  async use<Value>(
    subject: string,
    act: (right: Right) => Promise<Value>,
  ): Promise<Value | undefined> {
    return await this.#whileUsed([subject], async () => {
      const right = await this.hold(subject)
      return right && (await act(right))
    })
  }

  /** Lets the others know that this replica is there, until it closes or dies. */
  async appear(): Promise<void> {
    if (this.#presence?.isSure() === true) return
    // The first number that is free, so that no more are ever used than there were replicas at once.
    for (let number = 1; this.#presence?.isSure() !== true && number <= REPLICAS_MOST; number++) {
      this.#presence = await this.#ownership?.take(`${PRESENCE}${number}`)
    }
  }

  /** Stops what acts by a right that is another's. */
  lose(right: Right): void {
    this.#ownership?.lose(right)
  }

  /** Gives everything back, so that others take over at once. */
  async close(): Promise<void> {
    await this.#ownership?.close()
  }

  async #whileUsed<Value>(subjects: readonly string[], act: () => Promise<Value>): Promise<Value> {
    for (const one of subjects) this.#uses.set(one, (this.#uses.get(one) ?? 0) + 1)
    try {
      return await act()
    } finally {
      for (const one of subjects) {
        const left = (this.#uses.get(one) ?? 1) - 1
        if (left > 0) this.#uses.set(one, left)
        else this.#uses.delete(one)
      }
    }
  }

  /** The right, once what was unfinished runs by it; undefined when it was lost before that. */
  async #settle(right: Right): Promise<Right | undefined> {
    const settling = this.#settling.get(right) ?? this.#settleOrGiveUp(right)
    this.#settling.set(right, settling)
    await settling
    return right.isSure() ? right : undefined
  }

  /** Once for all who wait for it: when it fails, another right may be held before each has heard. */
  async #settleOrGiveUp(right: Right): Promise<void> {
    try {
      await this.#settleOnce(right)
    } catch (error) {
      this.#onLost(right)
      await this.#ownership?.release(right)
      throw error
    } finally {
      this.#settling.delete(right)
    }
  }

  async #settleOnce(right: Right): Promise<void> {
    if (this.#settled.has(right)) return
    const { local, parts, events } = this.#options
    const { subject } = right
    const { unfinished = [], latest } = (await this.#looks.find(subject)) ?? {}
    const ramps: string[] = []
    for (const ramp of unfinished) {
      const state = await loadState(parts.ledger, ramp)
      if (!isUnfinished(state)) continue
      const settings = await parts.settings.load(ramp)
      if (!right.isSure()) return
      await local.takeUp(state, settings, right)
      ramps.push(ramp)
    }
    if (!right.isSure()) return
    this.#settled.add(right)
    if (ramps.length > 0) events.emit('ownership.taken', { subject, ramps })
    const ended = latest?.lastType === 'ramp.ended' ? { ended: latest.stream } : {}
    this.#options.onHeld({ ramps, ...ended })
  }

  #isIdle(subject: string): boolean {
    if (isPresence(subject)) return false
    return this.#options.local.moving(subject) === undefined && !this.#uses.has(subject)
  }

  #onLost(right: Right): void {
    const { local, events } = this.#options
    if (isPresence(right.subject)) return
    events.emit('ownership.lost', { subject: right.subject, ramps: local.abandon(right) })
  }
}

/** What was had of what was tried; whatever was not is tried again by whoever wants it. */
function had<Value>(tried: readonly PromiseSettledResult<Value | undefined>[]): readonly Value[] {
  return tried.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []))
}

function isUnfinished(state: RampState | undefined): state is RampState {
  return state !== undefined && state.ended === undefined
}
