/**
 * Errands: what only the owner of a subject can do for it. This engine does them itself where it is
 * the owner, or can be, and sends a letter otherwise; whoever asks cannot tell the difference. An
 * errand carries all that is needed to do it twice with the effect of once, and no secret.
 */
import type { Word } from '../core/entry/entry.ts'
import { FAULT_CODES, type FaultCodeName } from '../core/fault/codes.ts'
import { Fault, isFault, isPassing } from '../core/fault/fault.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { JsonObject } from '../core/units/json.ts'
import type { Leases } from '../seams/leases.ts'
import type { Letter, Mailbox } from '../seams/mailbox.ts'
import { pause } from '../seams/pause.ts'
import { closedFault } from './local-ramps.ts'
import type { Right } from './ownership.ts'
import type { EngineParts } from './parts.ts'
import type { Subjects } from './subjects.ts'

/** What is to be done. */
export type Errand =
  /** Open a ramp whose settings are kept under its id. */
  | { readonly do: 'open'; readonly ramp: string; readonly plan: Plan; readonly by: string }
  /** Say a word, unless it was recorded after that sequence already. */
  | {
      readonly do: 'say'
      readonly ramp: string
      readonly by: string
      readonly word: Word
      readonly after: number
      /** See `Saying`: it is judged by whoever does the errand. */
      readonly heads?: readonly number[]
    }

/** How long an owner may take beyond the lifetime of its lease. @unit ms */
const PATIENCE_MS = 10_000

/** The pause after a subject changed hands just when something was done about it. @unit ms */
const AGAIN_MS = 50

/** What errands are done with. */
export interface ErrandsOptions {
  readonly parts: EngineParts
  readonly leases: Leases
  readonly mailbox: Mailbox
  readonly subjects: Subjects
  /** Aborted when the engine closes. */
  readonly closing: AbortSignal
  /** Is told of what no waiting mends. */
  onTrouble(error: unknown): void
  /** Does one here. Doing it again has no further effect. */
  perform(errand: Errand, right: Right): Promise<JsonObject>
}

/** Does errands and sends them. */
export class Errands {
  readonly #options: ErrandsOptions
  readonly #service: ReturnType<Mailbox['serve']>
  readonly #closing: AbortSignal

  constructor(options: ErrandsOptions) {
    this.#options = options
    const { mailbox, subjects, closing } = options
    this.#closing = closing
    this.#service = mailbox.serve(
      (subject) => !closing.aborted && subjects.right(subject) !== undefined,
      (letter) => this.#answer(letter),
    )
  }

  /** Looks for letters that wait for a subject that is held now. */
  look(): void {
    this.#service.look()
  }

  /**
   * Has an errand done by whoever owns the subject.
   *
   * @throws whatever doing it throws, here or there
   * @throws store-unavailable when the owner did not answer; it may have done it
   */
  async run(subject: string, errand: Errand): Promise<JsonObject> {
    const { parts, leases } = this.#options
    const { clock } = parts
    const late = new AbortController()
    const byMs = clock.nowMs() + leases.lifetimeMs + PATIENCE_MS
    const deadline = clock.wakeAt(byMs, () => late.abort())
    try {
      return takeAnswer(await this.#untilDone(subject, errand, late.signal))
    } finally {
      deadline.cancel()
    }
  }

  async #untilDone(subject: string, errand: Errand, late: AbortSignal): Promise<JsonObject> {
    const given = AbortSignal.any([late, this.#closing])
    for (;;) {
      const done = await this.#doHere(subject, errand)
      const answer = done ?? (await this.#send(subject, errand, given))
      if (answer !== undefined && answer['moved'] !== true) return answer
      if (this.#closing.aborted) throw closedFault()
      if (late.aborted) throw silentFault(subject)
      await pause(this.#options.parts.clock, AGAIN_MS)
    }
  }

  /** Takes no more letters. */
  close(): void {
    this.#service.stop()
  }

  async #answer({ subject, body }: Letter): Promise<JsonObject> {
    const done = await this.#doHere(subject, body as unknown as Errand)
    return done ?? { moved: true }
  }

  /** Undefined while the subject is another replica's. */
  #doHere(subject: string, errand: Errand): Promise<JsonObject | undefined> {
    return this.#options.subjects.use(subject, (right) => this.#perform(errand, right))
  }

  /** What came of an errand, as it is put into a letter. */
  async #perform(errand: Errand, right: Right): Promise<JsonObject> {
    try {
      return { done: await this.#options.perform(errand, right) }
    } catch (error) {
      if (isFault(error, 'ledger-fenced')) return { moved: true }
      if (!isFault(error)) throw error
      const { code, operation, subject, hint } = error
      return { fault: { code, operation, subject, hint } }
    }
  }

  /** The owner's answer; undefined when there is no owner any more, or none that answers in time. */
  async #send(
    subject: string,
    errand: Errand,
    given: AbortSignal,
  ): Promise<JsonObject | undefined> {
    const vacant = new AbortController()
    const stopLooking = this.#lookForOwner(subject, () => vacant.abort())
    const id = `${errand.ramp}/${this.#options.parts.random.integer(2 ** 47)}`
    try {
      const letter = { id, subject, body: errand as unknown as JsonObject }
      return await this.#options.mailbox.send(letter, AbortSignal.any([vacant.signal, given]))
    } finally {
      stopLooking()
    }
  }

  /** Calls back once nobody holds a subject. */
  #lookForOwner(subject: string, onVacant: () => void): () => void {
    const { parts, leases } = this.#options
    const { clock } = parts
    const look = async (): Promise<void> => {
      const holder = await leases.holder(subject)
      if (holder === undefined) onVacant()
    }
    const schedule = (): ReturnType<typeof clock.wakeAt> =>
      clock.wakeAt(clock.nowMs() + leases.lifetimeMs / 4, () => {
        timer = schedule()
        look().catch((error: unknown) => {
          // A store that is out of order says nothing about the owner.
          if (!isPassing(error)) this.#options.onTrouble(error)
        })
      })
    let timer = schedule()
    return () => timer.cancel()
  }
}

function takeAnswer(answer: JsonObject): JsonObject {
  const fault = answer['fault'] as FaultInLetter | undefined
  if (fault === undefined) return answer['done'] as JsonObject
  throw new Fault({ ...fault, code: fault.code in FAULT_CODES ? fault.code : 'store-unavailable' })
}

interface FaultInLetter {
  readonly code: FaultCodeName
  readonly operation: string
  readonly subject: string
  readonly hint: string
}

function silentFault(subject: string): Fault {
  return new Fault({
    code: 'store-unavailable',
    operation: 'ask the owner',
    subject,
    hint: `The replica that moves ${subject} did not answer in time; it may still do it.`,
  })
}
