/**
 * The catalogue of lifecycle events: at once what observers show, what plugins hang on to, and how
 * tests wait. Every recorded entry is an event of its own type; the others are named below.
 */
import type { Entry } from '../core/entry/entry.ts'
import type { Answer } from '../core/plan/verdict.ts'
import type { CommandToRun } from '../core/ramp/commands.ts'
import type { OpenQuestion } from '../core/ramp/open-questions.ts'
import type { RampState } from '../core/ramp/state.ts'

/** Events that are not entries. */
interface EngineOnlyEvents {
  /** A batch was recorded; after the events of its entries. */
  'ramp.advanced': {
    readonly ramp: string
    readonly state: RampState
    readonly entries: readonly Entry[]
  }
  /** A probe answered, whether or not that was worth an entry. */
  'question.answered': {
    readonly ramp: string
    readonly question: OpenQuestion
    readonly answer: Answer
    readonly attempt: number
    readonly tookMs: number
  }
  /** An actuator is being asked to carry out a command. */
  'command.run': { readonly ramp: string; readonly command: CommandToRun }
  /** The ledger could not be written; the batch is decided anew after a pause. */
  'ledger.retried': { readonly ramp: string; readonly error: unknown; readonly pauseMs: number }
  /** A ramp's loop met a bug or a fault it cannot get over, and stopped. Nobody listening: it is thrown. */
  'loop.failed': { readonly ramp: string; readonly error: unknown }
  /** The engine met a bug outside of any ramp, and goes on. Nobody listening: it is thrown. */
  'engine.failed': { readonly error: unknown }
  /** Unfinished ramps were taken up again after a start. */
  'engine.started': { readonly ramps: readonly string[] }
  /** A subject that nobody held was taken after the start, and what was unfinished there taken up. */
  'ownership.taken': { readonly subject: string; readonly ramps: readonly string[] }
  /** A subject is another replica's now, or may be; what ran here has stopped without an end. */
  'ownership.lost': { readonly subject: string; readonly ramps: readonly string[] }
}

/** Every event by its name. */
export type EngineEventMap = EngineOnlyEvents & {
  readonly [Type in Entry['type']]: {
    readonly ramp: string
    readonly entry: Extract<Entry, { type: Type }>
  }
}

/** The name of an event. */
export type EngineEventName = keyof EngineEventMap

type Listener = (event: never) => void

/** A typed emitter. Listeners are called in the order they came, and must not throw. */
export class EngineEvents {
  readonly #listeners = new Map<EngineEventName, Set<Listener>>()

  /** Calls back on every event of that name. Returns how to stop; idempotent. */
  on<Name extends EngineEventName>(
    name: Name,
    listener: (event: EngineEventMap[Name]) => void,
  ): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    listeners.add(listener as Listener)
    return () => listeners.delete(listener as Listener)
  }

  /** Whether anybody listens to that name. */
  has(name: EngineEventName): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0
  }

  /** Tells every listener of that name. */
  emit<Name extends EngineEventName>(name: Name, event: EngineEventMap[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(event as never)
  }
}
