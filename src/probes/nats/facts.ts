/** What one attempt saw of a NATS server, as far as it got. */
import type { FailedAddress } from '../connection/connection-failure.ts'
import type { AddressFamily } from '../connection/open-connection.ts'

/** What the server says of itself when it greets. */
export interface ServerFacts {
  readonly version: string
  readonly name: string
  readonly isSecure: boolean
  /** Whether it says that it has JetStream. */
  readonly hasJetStream: boolean
  /** Whether it asks its clients to go elsewhere, because it will end. */
  readonly isEnding: boolean
}

/** A stream. */
export interface StreamFacts {
  readonly messages: number
  readonly lastSequence: number
  readonly retention: string
  /** Whether it lets messages be taken out. */
  readonly mayDelete: boolean
  /** Of a clustered one: who leads it; empty while nobody does. */
  readonly leader?: string
}

/** A consumer of the stream. */
export interface ConsumerFacts {
  readonly isPaused: boolean
  /** Whether messages are pushed to it, rather than pulled by it. */
  readonly isPush: boolean
  /** Whether somebody listens to what is pushed. */
  readonly isBound: boolean
  /** How many pulls wait for a message. */
  readonly waiting: number
  /** Never delivered. */
  readonly pending: number
  /** Delivered and not acknowledged. */
  readonly unacknowledged: number
  /** The stream's sequence up to which messages were delivered. */
  readonly delivered: number
  /** The stream's sequence up to which all messages are acknowledged. */
  readonly acknowledged: number
  readonly acknowledges: string
  /** Subjects that it takes; none: all of the stream. */
  readonly filters: readonly string[]
  /** Of a clustered one: who leads it; empty while nobody does. */
  readonly leader?: string
}

/** What became of the canary. */
export interface CanaryFacts {
  /** Its sequence in the stream. */
  readonly sequence: number
  /** Whether the consumer has acknowledged it, and everything before it. */
  readonly isAcknowledged: boolean
  /** From when it was stored until it was acknowledged, or given up. @unit ms */
  readonly tookMs: number
  /** Whether it is one of an earlier asking, which a worker holds; no other was sent. */
  readonly isEarlier: boolean
  readonly isAnswered: boolean
  /** What the worker called itself in its answer; absent: it did not. */
  readonly version?: string
  /**
   * Whether it was taken out of the stream afterwards: `removed`, `gone` when the stream no longer had
   * it, `held` while a worker has it, `left` when it could not be taken out.
   */
  readonly removal: 'removed' | 'gone' | 'held' | 'left'
}

/** Why it went no further. */
export interface NatsFailure {
  /** A word of ours, or the code of the operating system, of TLS or of JetStream. */
  readonly code: string
  readonly message: string
}

/** What could be found out by asking. */
export interface CollectedFacts {
  readonly server?: ServerFacts
  readonly stream?: StreamFacts
  readonly consumer?: ConsumerFacts
  readonly canary?: CanaryFacts
}

/** Everything that one attempt saw. */
export interface NatsFacts extends CollectedFacts {
  readonly latencyMs: number
  readonly failed: readonly FailedAddress[]
  readonly connected?: { readonly address: string; readonly family: AddressFamily }
  readonly failure?: NatsFailure
}
