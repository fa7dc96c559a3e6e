/** The parts an engine is put together from: every seam it reaches the world through. */
import type { advance } from '../core/ramp/advance.ts'
import type { Actuator } from '../seams/actuator.ts'
import type { Clock } from '../seams/clock.ts'
import type { Expressions } from '../seams/expressions.ts'
import type { Leases } from '../seams/leases.ts'
import type { Ledger } from '../seams/ledger.ts'
import type { Mailbox } from '../seams/mailbox.ts'
import type { Notifier } from '../seams/notifier.ts'
import type { Probe } from '../seams/probe.ts'
import type { Random } from '../seams/random.ts'
import type { SettingsStore } from '../seams/settings.ts'

/** What an engine needs. */
export interface EngineParts {
  readonly clock: Clock
  readonly random: Random
  readonly ledger: Ledger
  readonly probes: readonly Probe[]
  readonly actuators: readonly Actuator[]
  readonly expressions: Expressions
  readonly settings: SettingsStore
  /** Told of breaches, where a plan asks for it. @default nobody */
  readonly notifier?: Notifier
  /** Who moves which subject, where several engines share the store. @default this one moves all */
  readonly leases?: Leases
  /** Passes on what only the owner of a subject can do; given together with leases. */
  readonly mailbox?: Mailbox
  /** What decides. Another one only to see whether a broken one is noticed. @default advance */
  readonly decide?: typeof advance
}
