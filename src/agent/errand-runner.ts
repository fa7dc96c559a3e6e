/**
 * Does the errands of one connection with the probes and actuators of this machine. When the connection
 * is lost everything under way is aborted and nothing is reported: an agent never decides alone that
 * something is done.
 */
import type { CommandAnswer } from '../core/entry/entry.ts'
import type { Answer } from '../core/plan/verdict.ts'
import type { PortLease } from '../core/port/port-lease.ts'
import { listRanges } from '../core/port/range-list.ts'
import type { JsonObject } from '../core/units/json.ts'
import type { Actuator } from '../seams/actuator.ts'
import type { PortBroker } from '../seams/port-broker.ts'
import type { Probe } from '../seams/probe.ts'
import type { AgentErrand, AgentReport, ToldPorts } from '../server/wire/agent-work.ts'
import type { ComponentView, LogLine } from '../server/wire.ts'

/** What runs on this machine, for whoever looks. */
export interface AgentComponents {
  list(): readonly ComponentView[]
  logs(wanted: {
    readonly subject?: string
    readonly tailLines: number
    readonly follow: false
    readonly signal: AbortSignal
  }): AsyncIterable<LogLine>
}

/**
 * How much of what components wrote goes into one report. Servers read requests of 4 MiB, and a report
 * that is refused costs the whole connection, with every errand on it.
 */
const TAIL_CHARACTERS_MAX = 500_000

/** What a line costs besides its text: its component, its time. @unit characters */
const LINE_OVERHEAD = 150

/** How much of a line is told: no less than a server takes. @unit characters */
const LINE_CHARACTERS_MAX = 100_000

/** How many starts of components go into one report: no more than a server takes. */
const COMPONENTS_MAX = 5_000

/** How many leases of ports go into one report: each is about 600 characters, rarely 1,000. */
const LEASES_MAX = 3_000

/** How large the JSON of evidence and of outputs is: no larger than a server takes. @unit characters */
const EVIDENCE_MAX = 1_000_000
const OUTPUTS_MAX = 200_000

/** What leases this machine's ports, for whoever looks. */
export type AgentPorts = Pick<PortBroker, 'carried' | 'enforced' | 'index' | 'leases' | 'story'>

/** What errands are done with. */
export interface ErrandParts {
  readonly probes: readonly Probe[]
  readonly actuators: readonly Actuator[]
  readonly components: AgentComponents
  /** @default ports are not leased here */
  readonly ports?: AgentPorts
}

/** Errands that ask or change something. */
type Work = Exclude<AgentErrand, { do: 'welcome' | 'cancel' }>

/** Does errands. */
export class ErrandRunner {
  readonly #parts: ErrandParts
  readonly #report: (report: AgentReport) => void
  readonly #underWay = new Map<string, AbortController>()

  constructor(parts: ErrandParts, report: (report: AgentReport) => void) {
    this.#parts = parts
    this.#report = report
  }

  /** Begins an errand, or lets one go. */
  take(errand: Work | Extract<AgentErrand, { do: 'cancel' }>): void {
    if (errand.do === 'cancel') {
      this.#underWay.get(errand.errand)?.abort()
      this.#underWay.delete(errand.errand)
      return
    }
    const controller = new AbortController()
    this.#underWay.set(errand.errand, controller)
    if (errand.do === 'watch') this.#watch(errand, controller.signal)
    else void this.#do(errand, controller.signal)
  }

  /** Aborts everything; nothing is reported any more. Idempotent. */
  close(): void {
    for (const controller of this.#underWay.values()) controller.abort()
    this.#underWay.clear()
  }

  async #do(errand: Exclude<Work, { do: 'watch' }>, signal: AbortSignal): Promise<void> {
    const report = await this.#reportOf(errand, signal)
    if (signal.aborted) return
    this.#underWay.delete(errand.errand)
    this.#report(report)
  }

  async #reportOf(
    errand: Exclude<Work, { do: 'watch' }>,
    signal: AbortSignal,
  ): Promise<AgentReport> {
    const { errand: id } = errand
    switch (errand.do) {
      case 'ask':
        return { errand: id, told: 'answer', answer: await this.#ask(errand, signal) }
      case 'run':
        return { errand: id, told: 'outcome', outcome: await this.#run(errand, signal) }
      case 'list':
        return { errand: id, told: 'components', components: this.#components() }
      case 'tail':
        return { errand: id, told: 'lines', lines: await this.#tail(errand, signal) }
      case 'ports':
        return { errand: id, told: 'ports', ...(await this.#toldPorts(errand.port)) }
    }
  }

  /** What runs before what ran: a list that is too long leaves out what has ended longest. */
  #components(): readonly ComponentView[] {
    const all = this.#parts.components.list()
    if (all.length <= COMPONENTS_MAX) return all
    const running = all.filter(({ status }) => status === 'running')
    const ended = all
      .filter(({ status }) => status !== 'running')
      .sort((one, other) => other.sinceMs - one.sinceMs)
    const told = new Set([...running, ...ended].slice(0, COMPONENTS_MAX))
    return all.filter((one) => told.has(one))
  }

  async #toldPorts(port: number | undefined): Promise<ToldPorts> {
    const { ports } = this.#parts
    if (ports === undefined) return { refusal: 'It leases no ports; its log says why.' }
    try {
      if (port !== undefined) return { story: await ports.story(port) }
      const { index } = ports
      const ranges = listRanges(ports.enforced)
      const carried = ports.carried.all()
      return { list: { index, leases: mostTelling(ports.leases()), ranges, carried } }
    } catch (error) {
      return { refusal: sentenceOf(error) }
    }
  }

  async #ask(errand: Extract<Work, { do: 'ask' }>, signal: AbortSignal): Promise<Answer> {
    const { probe: kind, asking } = errand
    const probe = this.#parts.probes.find((candidate) => candidate.kind === kind)
    if (probe === undefined) return errored('part-unknown', `This agent has no probe ${kind}.`)
    try {
      const answer = await probe.ask({ ...asking, signal })
      return isWithin(EVIDENCE_MAX, answer.evidence) ? answer : { ...answer, evidence: TOO_LARGE }
    } catch (error) {
      return errored('probe-crashed', `The probe ${kind} failed by a bug: ${sentenceOf(error)}`)
    }
  }

  async #run(errand: Extract<Work, { do: 'run' }>, signal: AbortSignal): Promise<CommandAnswer> {
    const { actuator: name, order } = errand
    const actuator = this.#parts.actuators.find((candidate) => candidate.name === name)
    if (actuator === undefined) {
      return failed('part-unknown', `This agent has no actuator ${name}.`, false)
    }
    try {
      const outcome = await actuator.run({ ...order, signal })
      return isWithin(OUTPUTS_MAX, outcome.outputs) ? outcome : { ...outcome, outputs: TOO_LARGE }
    } catch (error) {
      const sentence = `The actuator ${name} failed by a bug: ${sentenceOf(error)}`
      return failed('actuator-crashed', sentence, true)
    }
  }

  async #tail(
    errand: Extract<Work, { do: 'tail' }>,
    signal: AbortSignal,
  ): Promise<readonly LogLine[]> {
    const { subject, tailLines } = errand
    const which = subject === undefined ? {} : { subject }
    const lines: LogLine[] = []
    const wanted = { ...which, tailLines, follow: false, signal } as const
    let characters = 0
    for await (const { text, ...line } of this.#parts.components.logs(wanted)) {
      const told = text.slice(0, LINE_CHARACTERS_MAX)
      lines.push({ ...line, text: told })
      characters += told.length + LINE_OVERHEAD
    }
    // The latest ones are what somebody looks for.
    let left = 0
    while (characters > TAIL_CHARACTERS_MAX) {
      characters -= (lines[left]?.text.length ?? 0) + LINE_OVERHEAD
      left += 1
    }
    return lines.slice(left)
  }

  #watch(errand: Extract<Work, { do: 'watch' }>, signal: AbortSignal): void {
    const { errand: id, probe: kind, asking } = errand
    const probe = this.#parts.probes.find((candidate) => candidate.kind === kind)
    const changed = (): void => {
      if (!signal.aborted) this.#report({ errand: id, told: 'changed' })
    }
    const stop = probe?.watch?.({ ...asking, signal }, changed)
    signal.addEventListener('abort', () => stop?.(), { once: true })
  }
}

/** As many leases as go into one report: what cools is left out first, then what is oldest. */
function mostTelling(leases: readonly PortLease[]): readonly PortLease[] {
  if (leases.length <= LEASES_MAX) return leases
  return leases.filter(({ state }) => state !== 'cooling').slice(-LEASES_MAX)
}

/** In the place of what is too large to be told. */
const TOO_LARGE: JsonObject = { omitted: 'It was too large for a report.' }

function isWithin(charactersMax: number, value: JsonObject): boolean {
  return JSON.stringify(value).length <= charactersMax
}

function errored(reason: string, sentence: string): Answer {
  return { verdict: 'errored', outlook: 'notYet', reason, sentence, evidence: {} }
}

function failed(reason: string, sentence: string, retryable: boolean): CommandAnswer {
  return { verdict: 'failed', reason, sentence, outputs: {}, retryable }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
