/**
 * Where errands are handed to the agents of regions. It hands a region's errands to that region's one
 * agent and to nobody else; while there is none, askings are inconclusive and orders wait.
 */
import type { CommandAnswer } from '../../core/entry/entry.ts'
import { assert } from '../../core/fault/assert.ts'
import type { Answer } from '../../core/plan/verdict.ts'
import type { Order } from '../../seams/actuator.ts'
import type { Clock, Timer } from '../../seams/clock.ts'
import type { Asking } from '../../seams/probe.ts'
import type { Random } from '../../seams/random.ts'
import type { AgentErrand, AgentReport, AgentReports, ToldPorts } from '../wire/agent-work.ts'
import type { AgentView } from '../wire/agents.ts'
import type { ComponentView, LogLine } from '../wire.ts'
import type { Admission, AgentRegister } from './agent-register.ts'
import { type AgentIdentity, AgentSession } from './agent-session.ts'
import { ownComponents, ownLines, type TailWanted } from './own-region.ts'
import { type PendingErrand, seenFrom, unaskable, untaken } from './pending-errand.ts'

/** Both sides say that they are there this often. @unit ms */
const BEAT_MS = 3_000

/** Who was silent for so long is lost. @unit ms */
const SILENCE_MS = 10_000

/** What a desk is made of. */
export interface AgentDeskOptions {
  readonly register: AgentRegister
  readonly clock: Clock
  readonly random: Random
  /** Shorter ones for tests. @default 3000 and 10000 */
  readonly beatMs?: number
  readonly silenceMs?: number
}

/** A connection that an agent has opened. */
export interface AgentConnection {
  readonly identity: AgentIdentity
  /** Whether it takes the place of an agent that is gone for good. */
  readonly isReplacing: boolean
  /** See {@link Admission}. @default nobody notes it */
  readonly note?: Admission['note']
  readonly send: (errand: AgentErrand) => void
  /** Says that the server is there. */
  readonly beat: () => void
  readonly end: () => void
}

/** Hands out errands. */
export class AgentDesk {
  readonly #options: AgentDeskOptions
  readonly #sessions = new Map<string, AgentSession>()
  readonly #pending = new Map<string, PendingErrand & { readonly region: string }>()
  #beat: Timer | undefined
  #errands = 0

  constructor(options: AgentDeskOptions) {
    this.#options = options
  }

  /** Whether what belongs to a region is done by an agent. @throws store-unavailable */
  async isWorked(region: string): Promise<boolean> {
    return this.#sessions.has(region) || (await this.#options.register.has(region))
  }

  /**
   * Takes an agent in. An earlier connection of the same agent ends.
   *
   * @returns the session's id and how to end it
   * @throws agent-displaced when another agent works for the region
   */
  async connect(connection: AgentConnection): Promise<{ readonly leave: () => void }> {
    const { identity, isReplacing, note = async () => undefined, send } = connection
    const { register, clock, random } = this.#options
    await register.admit({ agent: identity, isReplacing, note })
    const before = this.#sessions.get(identity.region)
    if (before !== undefined) this.#lose(before)
    const id = `${clock.nowMs().toString(36)}-${random.integer(0x7fff_ffff).toString(36)}`
    const session = new AgentSession({ id, sinceMs: clock.nowMs(), ...connection })
    this.#sessions.set(identity.region, session)
    const { beatMs, silenceMs } = this.#rhythm()
    send({ do: 'welcome', session: id, agent: identity.name, beatMs, silenceMs })
    // What was handed out before, or has waited meanwhile, is handed out now.
    for (const { region, errand, heard } of this.#pending.values()) {
      if (region !== identity.region) continue
      session.give(errand, clock.nowMs())
      // What nobody could answer while the agent was away, it can answer now.
      if (errand.do === 'watch') heard({ errand: errand.errand, told: 'changed' })
    }
    this.#watchSilence()
    return { leave: () => this.#lose(session) }
  }

  /** The region of a session; undefined when there is none, or no more. */
  regionOf(session: string): string | undefined {
    return this.#sessionOf(session)?.identity.region
  }

  /**
   * Takes in what an agent reports.
   *
   * @param agent the name of whoever reports, as it was proved
   * @returns false when there is no such session of that agent, or no more
   */
  report(agent: string, { session: id, reports }: AgentReports): boolean {
    const session = this.#sessionOf(id)
    if (session === undefined || session.identity.name !== agent) return false
    const nowMs = this.#options.clock.nowMs()
    session.seen(nowMs)
    for (const report of reports) {
      const pending = this.#pending.get(report.errand)
      // An agent speaks for its own region only.
      if (pending?.region !== session.identity.region) continue
      const isOver = pending.heard(report)
      session.reported(report, nowMs, isOver)
      if (isOver) this.#pending.delete(report.errand)
    }
    return true
  }

  /** Has a region's agent ask. Inconclusive while there is none. */
  ask(region: string, probe: string, asking: Asking): Promise<Answer> {
    const session = this.#sessions.get(region)
    if (session === undefined) return Promise.resolve(unaskable(region, 'no-agent'))
    const { signal, ...sent } = asking
    const { name: agent } = session.identity
    return new Promise((resolve) => {
      const errand = { do: 'ask', errand: this.#nextErrand(), probe, asking: sent } as const
      this.#hand(region, signal, {
        errand,
        heard: (report) => {
          if (report.told !== 'answer') return false
          resolve(seenFrom(report.answer, { agent, region }))
          return true
        },
        lost: () => {
          resolve(unaskable(region, 'agent-lost'))
          return true
        },
      })
    })
  }

  /** Has a region's agent watch; calls back when asking again may give another answer. */
  watch(region: string, probe: string, asking: Asking, changed: () => void): () => void {
    const { signal: _, ...sent } = asking
    const letGo = new AbortController()
    const errand = { do: 'watch', errand: this.#nextErrand(), probe, asking: sent } as const
    this.#hand(region, letGo.signal, {
      errand,
      heard: () => {
        changed()
        return false
      },
      lost: () => {
        changed()
        return false
      },
    })
    return () => letGo.abort()
  }

  /**
   * Has a region's agent carry out an order. While there is none the order waits, and it is given again
   * to the same agent when that was lost: orders are idempotent by their id.
   */
  run(region: string, actuator: string, order: Order): Promise<CommandAnswer> {
    const { signal, ...sent } = order
    if (signal.aborted) return Promise.resolve(untaken(region))
    return new Promise((resolve) => {
      const errand = { do: 'run', errand: this.#nextErrand(), actuator, order: sent } as const
      signal.addEventListener('abort', () => resolve(untaken(region)), { once: true })
      this.#hand(region, signal, {
        errand,
        heard: (report) => {
          if (report.told !== 'outcome') return false
          resolve(report.outcome)
          return true
        },
        lost: () => false,
      })
    })
  }

  /** The components of every region whose agent is connected and answers in time. */
  async components(signal: AbortSignal): Promise<readonly ComponentView[]> {
    const lists = [...this.#sessions.keys()].map((region) => this.#componentsOf(region, signal))
    return (await Promise.all(lists)).flat()
  }

  /** The last lines of components in every region whose agent is connected and answers in time. */
  async tail(wanted: TailWanted, signal: AbortSignal): Promise<readonly LogLine[]> {
    const tails = [...this.#sessions.keys()].map((region) => this.#tailOf(region, wanted, signal))
    return (await Promise.all(tails)).flat()
  }

  /**
   * What a region's agent says of the ports of its machine: of all that are leased, or of one.
   * Undefined when it is not connected, or does not answer in time.
   */
  async ports(
    region: string,
    port: number | undefined,
    signal: AbortSignal,
  ): Promise<ToldPorts | undefined> {
    if (!this.#sessions.has(region)) return undefined
    const which = port === undefined ? {} : { port }
    const errand = { do: 'ports', errand: this.#nextErrand(), ...which } as const
    const read = (report: AgentReport): readonly ToldPorts[] | undefined =>
      report.told === 'ports' ? [report] : undefined
    const [told] = await this.#once(region, signal, errand, read)
    return told
  }

  /** Every agent that is connected here. */
  views(): readonly AgentView[] {
    return [...this.#sessions.values()].map((session) => session.view())
  }

  /** Ends every connection; errands stay as they are. Idempotent. */
  close(): void {
    this.#beat?.cancel()
    this.#beat = undefined
    for (const session of this.#sessions.values()) session.end()
    this.#sessions.clear()
  }

  #sessionOf(id: string): AgentSession | undefined {
    return [...this.#sessions.values()].find((candidate) => candidate.id === id)
  }

  #componentsOf(region: string, signal: AbortSignal): Promise<readonly ComponentView[]> {
    return this.#once(region, signal, { do: 'list', errand: this.#nextErrand() }, (report) =>
      report.told === 'components' ? ownComponents(region, report.components) : undefined,
    )
  }

  #tailOf(region: string, wanted: TailWanted, signal: AbortSignal): Promise<readonly LogLine[]> {
    const errand = { do: 'tail', errand: this.#nextErrand(), ...wanted } as const
    return this.#once(region, signal, errand, (report) =>
      report.told === 'lines' ? ownLines(region, wanted, report.lines) : undefined,
    )
  }

  /** A question about a region's agent itself: nothing when it is lost, or does not answer in time. */
  #once<Item>(
    region: string,
    signal: AbortSignal,
    errand: PendingErrand['errand'],
    read: (report: AgentReport) => readonly Item[] | undefined,
  ): Promise<readonly Item[]> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve([]), { once: true })
      const over = (items: readonly Item[] | undefined): boolean => {
        if (items !== undefined) resolve(items)
        return items !== undefined
      }
      this.#hand(region, signal, {
        errand,
        heard: (report) => over(read(report)),
        lost: () => over([]),
      })
    })
  }

  #hand(region: string, signal: AbortSignal, pending: PendingErrand): void {
    const { errand } = pending
    if (signal.aborted) return void pending.lost()
    this.#pending.set(errand.errand, { ...pending, region })
    this.#sessions.get(region)?.give(errand, this.#options.clock.nowMs())
    const cancel = (): void => {
      if (!this.#pending.delete(errand.errand)) return
      const cancelling = { do: 'cancel', errand: errand.errand } as const
      this.#sessions.get(region)?.give(cancelling, this.#options.clock.nowMs())
      pending.lost()
    }
    signal.addEventListener('abort', cancel, { once: true })
  }

  #lose(session: AgentSession): void {
    const { region } = session.identity
    if (this.#sessions.get(region) !== session) return
    this.#sessions.delete(region)
    for (const id of session.end()) {
      if (this.#pending.get(id)?.lost() === true) this.#pending.delete(id)
    }
  }

  /** Says that the server is there, and loses whoever does not say so themselves. */
  #watchSilence(): void {
    const { clock } = this.#options
    const { beatMs, silenceMs } = this.#rhythm()
    this.#beat?.cancel()
    this.#beat = clock.wakeAt(clock.nowMs() + beatMs, () => {
      const since = clock.nowMs() - silenceMs
      for (const session of [...this.#sessions.values()]) {
        if (session.lastSeenAtMs < since) this.#lose(session)
        else session.beat()
      }
      if (this.#sessions.size > 0) this.#watchSilence()
    })
  }

  #rhythm(): { readonly beatMs: number; readonly silenceMs: number } {
    const { beatMs = BEAT_MS, silenceMs = SILENCE_MS } = this.#options
    assert(beatMs < silenceMs, 'an agent may be silent for longer than a beat')
    return { beatMs, silenceMs }
  }

  #nextErrand(): string {
    this.#errands += 1
    return String(this.#errands)
  }
}
