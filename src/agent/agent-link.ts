/**
 * The connection of an agent to one server, made anew for as long as the agent lives. Only ever
 * outbound: the server speaks on a stream that the agent has opened.
 */
import { type Fault, isFault } from '../core/fault/fault.ts'
import type { Clock, Timer } from '../seams/clock.ts'
import { pause } from '../seams/pause.ts'
import type { Random } from '../seams/random.ts'
import { serverSentEventsOf } from '../server/client/framing.ts'
import type { Transport } from '../server/client/transport.ts'
import type { AgentErrand, AgentReport, AgentReports } from '../server/wire/agent-work.ts'
import { type ErrandParts, ErrandRunner } from './errand-runner.ts'

/**
 * The first pause before a lost connection is made anew; doubled up to the most, which is far below
 * what a component's stop may take: orders wait for the agent as long as that. @unit ms
 */
const PAUSE_FIRST_MS = 200
const PAUSE_MOST_MS = 5_000

/** Until the server has said how long it may be silent. @unit ms */
const SILENCE_MS = 15_000

/** How much goes into one request of several reports: servers read 4 MiB. @unit characters */
const REQUEST_MAX = 1_200_000

/** How an agent presents itself. */
export interface AgentPresentation {
  readonly region: string
  /** Of the folder with its components; see AgentIdentity. */
  readonly instance: string
  readonly version: string
  readonly replace: boolean
}

/** What a link is made of. */
export interface AgentLinkOptions {
  /** For the log. */
  readonly server: string
  readonly transport: Pick<Transport, 'json' | 'text'>
  readonly presentation: AgentPresentation
  readonly parts: ErrandParts
  readonly clock: Clock
  readonly random: Random
  /** Aborted when the agent is to stop. */
  readonly signal: AbortSignal
  log(line: string, about?: { readonly level: 'warn' }): void
}

/** Faults that no second try mends: somebody must change something first. */
const HOPELESS = ['unauthenticated', 'forbidden', 'agent-displaced', 'request-malformed'] as const

/** The same, until a server has let the agent in: certificates and authorities are renewed beside it. */
const HOPELESS_AT_FIRST = [
  'certificate-missing',
  'certificate-untrusted',
  'certificate-foreign',
] as const

/**
 * Works for one server until it is told to stop.
 *
 * @throws unauthenticated, forbidden, agent-displaced, certificate-missing, certificate-untrusted,
 * certificate-foreign when the server does not want it
 */
export async function keepLink(options: AgentLinkOptions): Promise<void> {
  const { server, signal, clock, random, log } = options
  let pauseMs = PAUSE_FIRST_MS
  let isFirst = true
  while (!signal.aborted) {
    const connection = new Connection(options)
    try {
      await connection.work()
      if (!signal.aborted) log(`${server} has ended the connection.`, { level: 'warn' })
    } catch (error) {
      if (!isFault(error)) throw error
      if (isHopeless(error, isFirst)) throw error
      log(`${server} is lost: ${error.message}`, { level: 'warn' })
    }
    isFirst &&= !connection.wasWelcome
    if (connection.wasWelcome) pauseMs = PAUSE_FIRST_MS
    // Not all agents at once, when a server comes back.
    await pause(clock, pauseMs / 2 + random.integer(Math.ceil(pauseMs / 2) + 1), signal)
    pauseMs = Math.min(pauseMs * 2, PAUSE_MOST_MS)
  }
}

function isHopeless({ code }: Fault, isFirst: boolean): boolean {
  const codes: readonly string[] = isFirst ? [...HOPELESS, ...HOPELESS_AT_FIRST] : HOPELESS
  return codes.includes(code)
}

class Connection {
  readonly #options: AgentLinkOptions
  readonly #runner: ErrandRunner
  readonly #lost = new AbortController()
  #session: string | undefined
  readonly #reports: AgentReport[] = []
  #sending: Promise<void> | undefined
  #beat: Timer | undefined
  #silence: Timer | undefined
  #silenceMs = SILENCE_MS

  constructor(options: AgentLinkOptions) {
    this.#options = options
    this.#runner = new ErrandRunner(options.parts, (report) => this.#report(report))
  }

  get wasWelcome(): boolean {
    return this.#session !== undefined
  }

  /** Takes errands until the connection ends; everything under way ends with it. */
  async work(): Promise<void> {
    const { transport, presentation, signal } = this.#options
    const query = { ...presentation, replace: presentation.replace || undefined }
    const ends = AbortSignal.any([signal, this.#lost.signal])
    const pieces = transport.text({ path: '/v1/agent/work', query, signal: ends })
    this.#heard()
    try {
      for await (const { event, data } of serverSentEventsOf(this.#listening(pieces))) {
        if (event === 'errand') this.#take(JSON.parse(data) as AgentErrand)
      }
    } finally {
      this.#lost.abort()
      this.#beat?.cancel()
      this.#silence?.cancel()
      this.#runner.close()
    }
  }

  /** The same pieces; each says that the server is there, heartbeats as well. */
  async *#listening(pieces: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const piece of pieces) {
      this.#heard()
      yield piece
    }
  }

  #heard(): void {
    const { clock, server, log } = this.#options
    this.#silence?.cancel()
    this.#silence = clock.wakeAt(clock.nowMs() + this.#silenceMs, () => {
      log(`${server} was silent for ${this.#silenceMs} ms.`, { level: 'warn' })
      this.#lost.abort()
    })
  }

  #take(errand: AgentErrand): void {
    if (errand.do !== 'welcome') return this.#runner.take(errand)
    const { session, agent, beatMs, silenceMs } = errand
    const { server, presentation, log } = this.#options
    this.#session = session
    this.#silenceMs = silenceMs
    this.#heard()
    log(`Working for ${server} in ${presentation.region}, known as ${agent}.`)
    this.#keepBeating(beatMs)
  }

  #keepBeating(beatMs: number): void {
    const { clock } = this.#options
    this.#beat = clock.wakeAt(clock.nowMs() + beatMs, () => {
      this.#send()
      this.#keepBeating(beatMs)
    })
  }

  #report(report: AgentReport): void {
    this.#reports.push(report)
    this.#send()
  }

  /** Sends what there is to report; what comes meanwhile goes into the next request. */
  #send(): void {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
      if (this.#reports.length > 0 && !this.#lost.signal.aborted) this.#send()
    })
  }

  async #sendAll(): Promise<void> {
    const { transport, server, log } = this.#options
    const reports = this.#reports.splice(0, fitting(this.#reports))
    const session = this.#session
    if (session === undefined || this.#lost.signal.aborted) return
    const body: AgentReports = { session, reports }
    const { signal } = this.#lost
    try {
      await transport.json({ method: 'POST', path: '/v1/agent/reports', body, signal })
    } catch (error) {
      if (!signal.aborted) {
        log(`${server} did not take a report: ${sentenceOf(error)}`, { level: 'warn' })
      }
      // Whether they arrived is not known: the connection is given up, and what was not heard is
      // handed out again on the next one.
      this.#lost.abort()
    }
  }
}

/** How many of these go into one request: at least one, which is small enough by itself. */
function fitting(reports: readonly AgentReport[]): number {
  let characters = 0
  let count = 0
  for (const report of reports) {
    characters += JSON.stringify(report).length
    if (count > 0 && characters > REQUEST_MAX) break
    count += 1
  }
  return count
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
