/** Why Kafka could not be asked, out of the many layers in which its client wraps a cause. */
import type { KafkaFailure } from './facts.ts'

/** What was thrown, and while doing what. */
export class KafkaTrouble extends Error {
  readonly failure: KafkaFailure

  constructor(failure: KafkaFailure) {
    super(`${failure.doing}: ${failure.code}`)
    this.failure = failure
  }
}

interface Layer {
  readonly code?: unknown
  /** The name that Kafka gives an error. */
  readonly apiId?: unknown
  readonly cause?: unknown
  readonly errors?: readonly unknown[]
}

/** How deep causes are looked into. */
const DEPTH_MAX = 8

/** The most telling code of what was thrown: Kafka's own, else the system's, else the client's. */
export function codeOf(thrown: unknown): string {
  const layers = [...unwrap(thrown, 0)]
  const named = layers.find(({ apiId }) => typeof apiId === 'string')
  if (named !== undefined) return String(named.apiId)
  const codes = layers.map(({ code }) => code).filter((code) => typeof code === 'string')
  const system = codes.find((code) => !code.startsWith('PLT_KFK_'))
  if (system !== undefined) return system
  if (codes.includes('PLT_KFK_AUTHENTICATION')) return 'SASL_AUTHENTICATION_FAILED'
  // The client knows no other reason than that the connection was closed.
  if (codes.includes('PLT_KFK_NETWORK')) return 'ECONNRESET'
  return codes[0] ?? 'NOT_KAFKA'
}

/** The response that came with an error in it; whatever else was thrown is thrown again. */
export function responseOf<Response>(thrown: unknown): Response {
  if (thrown instanceof Error && 'response' in thrown && typeof thrown.response === 'object') {
    return thrown.response as Response
  }
  throw thrown
}

function* unwrap(thrown: unknown, depth: number): Generator<Layer> {
  if (typeof thrown !== 'object' || thrown === null || depth > DEPTH_MAX) return
  const layer: Layer = thrown
  yield layer
  yield* unwrap(layer.cause, depth + 1)
  for (const error of layer.errors ?? []) yield* unwrap(error, depth + 1)
}
