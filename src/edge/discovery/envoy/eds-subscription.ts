/**
 * What one stream of Envoy's has asked for, has been sent and has confirmed. Pure but for the
 * assignments that it reads. At most one response is unconfirmed: what changes meanwhile goes out
 * together, next; one that was rejected is not sent again until it is another one.
 *
 * @source https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol
 */
import {
  ASSIGNMENT_TYPE,
  type ClusterAssignment,
  type ClusterAssignments,
  versionOf,
} from './cluster-assignment.ts'
import { parseDeltaRequest, parseStateRequest, printDelta, printState } from './eds-messages.ts'

/** One stream. */
export interface EdsSubscription {
  /** Takes a request. @returns why the stream cannot go on */
  receive(message: Uint8Array): string | undefined
  /** The response that is due now. */
  next(): Uint8Array | undefined
}

const NAMES_MAX = 10_000
const TOO_MANY = `at most ${NAMES_MAX} clusters may be asked for`

/** The state of the world: each response has all clusters. */
export class StateSubscription implements EdsSubscription {
  readonly #assignments: ClusterAssignments
  readonly #turns = new ResponseTurns()
  #names: readonly string[] = []
  #sentVersion = ''

  constructor(assignments: ClusterAssignments) {
    this.#assignments = assignments
  }

  receive(message: Uint8Array): string | undefined {
    const { names, type, nonce } = parseStateRequest(message)
    const objection = objectionTo(type)
    if (objection !== undefined) return objection
    if (names.length > NAMES_MAX) return TOO_MANY
    // Whoever answers an earlier response has not read the later one yet, and will answer that too.
    if (this.#turns.isCurrent(nonce)) this.#names = [...new Set(names)]
    return undefined
  }

  next(): Uint8Array | undefined {
    if (!this.#turns.isFree || this.#names.length === 0) return undefined
    const all = this.#names.map((name) => this.#assignments.find(name))
    const version = versionOf(all)
    if (version === this.#sentVersion) return undefined
    this.#sentVersion = version
    return printState(all, { version, nonce: this.#turns.take() })
  }
}

/** Only what has changed. */
export class DeltaSubscription implements EdsSubscription {
  readonly #assignments: ClusterAssignments
  readonly #turns = new ResponseTurns()
  /** By name, what the client has. */
  readonly #sent = new Map<string, string>()

  constructor(assignments: ClusterAssignments) {
    this.#assignments = assignments
  }

  receive(message: Uint8Array): string | undefined {
    const { subscribe, unsubscribe, has, type, nonce } = parseDeltaRequest(message)
    const objection = objectionTo(type)
    if (objection !== undefined) return objection
    // Names count in every request, also in one that answers an earlier response.
    this.#turns.isCurrent(nonce)
    for (const name of unsubscribe) this.#sent.delete(name)
    for (const name of [...has.keys(), ...subscribe]) {
      if (name !== '*' && name !== '') this.#sent.set(name, has.get(name) ?? '')
    }
    return this.#sent.size > NAMES_MAX ? TOO_MANY : undefined
  }

  next(): Uint8Array | undefined {
    if (!this.#turns.isFree) return undefined
    const changed = [...this.#sent].flatMap(([name, version]): readonly ClusterAssignment[] => {
      const one = this.#assignments.find(name)
      return one.version === version ? [] : [one]
    })
    if (changed.length === 0) return undefined
    for (const { clusterName, version } of changed) this.#sent.set(clusterName, version)
    return printDelta(changed, { version: versionOf(changed), nonce: this.#turns.take() })
  }
}

/** Numbers responses, and waits for the answer to each. */
class ResponseTurns {
  #last = 0
  #isAnswered = true

  get isFree(): boolean {
    return this.#isAnswered
  }

  /** Whether a request is the first one, or the answer to the last response. */
  isCurrent(nonce: string): boolean {
    if (nonce === '') return true
    if (nonce !== String(this.#last)) return false
    this.#isAnswered = true
    return true
  }

  take(): string {
    this.#last += 1
    this.#isAnswered = false
    return String(this.#last)
  }
}

function objectionTo(type: string): string | undefined {
  if (type === '' || type === ASSIGNMENT_TYPE) return undefined
  return `there are only endpoints here (${ASSIGNMENT_TYPE}), not ${type}`
}
