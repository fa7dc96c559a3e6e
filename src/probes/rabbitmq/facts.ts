/** What one attempt saw of a RabbitMQ server, as far as it got. */
import type { FailedAddress } from '../connection/connection-failure.ts'

/** A queue, as the broker itself tells. */
export interface QueueFacts {
  /** Never delivered. */
  readonly waiting: number
  readonly consumers: number
}

/** What only the management plugin tells. */
export interface ManagementFacts {
  /** Alarms anywhere in the cluster: `memory at rabbit@host`. */
  readonly alarms: readonly string[]
  readonly type?: string
  /** Such as `running`, or `down`. */
  readonly state?: string
  /** Absent: not counted yet. */
  readonly unacknowledged?: number
}

/**
 * What became of the canary: a worker answered; a worker holds it; nobody was given it; no queue took it;
 * the queue refused it; the broker takes nothing at all.
 */
export type CanaryFate = 'answered' | 'held' | 'undelivered' | 'unroutable' | 'refused' | 'blocked'

/** A canary and what became of it. */
export interface CanaryFacts {
  readonly fate: CanaryFate
  /** @unit ms */
  readonly tookMs: number
  /** Whether it is one of an earlier asking, which a worker holds; no other was sent. */
  readonly isEarlier: boolean
  /** What the worker called itself in its answer; absent: it did not. */
  readonly version?: string
}

/** Why it went no further. */
export interface RabbitmqFailure {
  /** A word of ours, or the code of the operating system, of TLS, of AMQP or of HTTP. */
  readonly code: string
  readonly message: string
  /** Whether it was the management plugin. @default false */
  readonly isManagement?: true
}

/** What could be found out by asking. */
export interface CollectedFacts {
  readonly version?: string
  readonly queue?: QueueFacts
  readonly management?: ManagementFacts
  readonly canary?: CanaryFacts
}

/** Everything that one attempt saw. */
export interface RabbitmqFacts extends CollectedFacts {
  readonly latencyMs: number
  readonly failed: readonly FailedAddress[]
  readonly failure?: RabbitmqFailure
}
