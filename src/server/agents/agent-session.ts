/**
 * One connection of one agent. It knows which errands were handed out on it; whether they are handed
 * out again on another one is the desk's business.
 */
import type { AgentErrand, AgentReport } from '../wire/agent-work.ts'
import type { AgentCertificate, AgentView } from '../wire/agents.ts'

/** Who has connected. */
export interface AgentIdentity {
  /** As the server knows it. */
  readonly name: string
  readonly region: string
  /** Of the folder that the agent keeps its components in: the same for as long as they may run. */
  readonly instance: string
  readonly version: string
  /** What it has shown, where it must. */
  readonly certificate?: AgentCertificate
}

/** What a session is made with. */
export interface AgentSessionOptions {
  readonly id: string
  readonly identity: AgentIdentity
  readonly sinceMs: number
  /** Writes to the agent; kept in order, never waits. */
  readonly send: (errand: AgentErrand) => void
  /** Says that the server is there. */
  readonly beat: () => void
  /** Ends the connection. */
  readonly end: () => void
}

/** A connected agent. */
export class AgentSession {
  readonly id: string
  readonly identity: AgentIdentity
  readonly #options: AgentSessionOptions
  /** The errands that wait for a report, with when they were handed out. */
  readonly #errands = new Map<string, number>()
  #lastSeenAtMs: number
  #roundTripMs: number | undefined

  constructor(options: AgentSessionOptions) {
    this.id = options.id
    this.identity = options.identity
    this.#options = options
    this.#lastSeenAtMs = options.sinceMs
  }

  get lastSeenAtMs(): number {
    return this.#lastSeenAtMs
  }

  give(errand: Exclude<AgentErrand, { do: 'welcome' }>, nowMs: number): void {
    if (errand.do === 'cancel') this.#errands.delete(errand.errand)
    else this.#errands.set(errand.errand, nowMs)
    this.#options.send(errand)
  }

  /** The agent has said something. */
  seen(nowMs: number): void {
    this.#lastSeenAtMs = nowMs
  }

  beat(): void {
    this.#options.beat()
  }

  /** Notes a report of an errand. */
  reported(report: AgentReport, nowMs: number, isOver: boolean): void {
    const givenAtMs = this.#errands.get(report.errand)
    if (givenAtMs !== undefined && report.told === 'answer') this.#roundTripMs = nowMs - givenAtMs
    if (isOver) this.#errands.delete(report.errand)
  }

  /** Ends it. @returns the errands that had no report yet */
  end(): readonly string[] {
    this.#options.end()
    const left = [...this.#errands.keys()]
    this.#errands.clear()
    return left
  }

  view(): AgentView {
    const { name, region, version, certificate } = this.identity
    const shown = certificate === undefined ? {} : { certificate }
    const { sinceMs } = this.#options
    const roundTrip = this.#roundTripMs === undefined ? {} : { roundTripMs: this.#roundTripMs }
    const seen = { sinceMs, lastSeenAtMs: this.#lastSeenAtMs, ...roundTrip }
    const known = { name, region, status: 'connected', version, ...shown } as const
    return { ...known, ...seen, busyWith: this.#errands.size }
  }
}
