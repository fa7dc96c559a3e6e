/**
 * Hides what a contract declares secret in the lines that its components write, before anybody else
 * reads them. The lines themselves stay as they were written, in files that are their owner's alone.
 * What is not known any more cannot be hidden: values are kept for what is up, and remembered, in
 * memory alone, for as long as this process lives.
 */

import type { Engine } from '../engine/engine.ts'
import { type Redact, redactorFor } from '../engine/redact.ts'
import type { Clock } from '../seams/clock.ts'
import type { SettingsStore } from '../seams/settings.ts'
import type { RampIndex } from './ramp-index.ts'
import type { LogLine } from './wire.ts'

/** How long it is believed that no other ramp has begun. @unit ms */
const BELIEF_MS = 1_000
/** How many of a contract's latest ramps are looked at, and how many are remembered. */
const LATEST = 5
const REMEMBERED = 20

/** What the masks are made of. */
export interface LogMaskParts {
  readonly index: Pick<RampIndex, 'page'>
  readonly settings: SettingsStore
  readonly clock: Clock
  readonly engine: Pick<Engine, 'events'>
  onTrouble(error: unknown): void
}

interface Mask {
  /** By ramp, those that began first before the others. */
  readonly redactors: Map<string, Redact>
}

/** Hides secrets in lines. */
export class LogMasks {
  readonly #parts: LogMaskParts
  readonly #masks = new Map<string, Mask>()
  readonly #believedUntilMs = new Map<string, number>()
  readonly #stopListening: () => void

  constructor(parts: LogMaskParts) {
    this.#parts = parts
    // Its settings may be gone as soon as it has ended, and its lines are there still.
    this.#stopListening = parts.engine.events.on('ramp.opened', ({ ramp, entry }) => {
      const { kind, name } = entry.plan.contract
      if (kind === 'Environment') this.#learn(name, ramp).catch(parts.onTrouble)
    })
  }

  /** Listens no more. Idempotent. */
  close(): void {
    this.#stopListening()
  }

  /** The line without the secrets of its contract's ramps. */
  async masked(line: LogLine): Promise<LogLine> {
    const mask = await this.#maskOf(line.subject.split('/')[0] ?? '')
    let { text } = line
    for (const redact of mask?.redactors.values() ?? []) text = redact(text)
    return text === line.text ? line : { ...line, text }
  }

  async #maskOf(name: string): Promise<Mask | undefined> {
    const nowMs = this.#parts.clock.nowMs()
    if ((this.#believedUntilMs.get(name) ?? 0) > nowMs) return this.#masks.get(name)
    const contract = `Environment/${name}`
    const { ramps } = await this.#parts.index.page({ contract, limit: LATEST })
    for (const { ramp } of ramps.toReversed()) await this.#learn(name, ramp)
    this.#believedUntilMs.set(name, nowMs + BELIEF_MS)
    return this.#masks.get(name)
  }

  /** Learns the secrets of a ramp, where it has any. */
  async #learn(name: string, ramp: string): Promise<void> {
    if (this.#masks.get(name)?.redactors.has(ramp) === true) return
    const kept = await this.#parts.settings.load(ramp)
    if (kept === undefined || kept.secrets.length === 0) return
    const mask = this.#masks.get(name) ?? { redactors: new Map() }
    this.#masks.set(name, mask)
    mask.redactors.set(ramp, redactorFor(kept))
    const [oldest] = mask.redactors.keys()
    if (mask.redactors.size > REMEMBERED && oldest !== undefined) mask.redactors.delete(oldest)
  }
}
