/**
 * A ramp as a trace: a span for the ramp, one below it for every entering of a stage and for every
 * undoing, and on them what was asked, answered and said, as events. A pure mapping of the ledger's
 * entries: the same entries give the same trace with the same ids, so that sending it twice is harmless.
 *
 * @source https://opentelemetry.io/docs/specs/otel/trace/api/
 */
import type { Entry } from '../entry/entry.ts'
import { assert, present } from '../fault/assert.ts'
import { digestOfText } from '../units/digest.ts'
import { eventOf } from './trace-event.ts'

/** What may be said of a span or an event. */
export type TraceValue = string | number | boolean | readonly string[]

/** Facts by name. */
export type TraceAttributes = Readonly<Record<string, TraceValue>>

/** Something that happened at one instant. */
export interface TraceEvent {
  readonly name: string
  readonly atMs: number
  readonly attributes: TraceAttributes
}

/** Something that took time. */
export interface TraceSpan {
  /** 16 hexadecimal digits. */
  readonly id: string
  /** Absent: it is the ramp itself. */
  readonly parent?: string
  readonly name: string
  /** The stage it is about; absent: the ramp itself. */
  readonly stage?: string
  readonly startMs: number
  readonly endMs: number
  readonly attributes: TraceAttributes
  readonly events: readonly TraceEvent[]
  readonly status: 'ok' | 'error' | 'unset'
  /** Why, when the status is `error`. */
  readonly message?: string
}

/** One ramp. */
export interface RampTrace {
  /** 32 hexadecimal digits. */
  readonly id: string
  /** The ramp first, then stages in the order in which they were entered. */
  readonly spans: readonly TraceSpan[]
}

interface OpenSpan {
  readonly span: Omit<TraceSpan, 'endMs' | 'status' | 'events'>
  readonly events: TraceEvent[]
}

type Ending = Pick<TraceSpan, 'status' | 'message'>

/** The trace of a ramp that has ended, or as far as it has come. */
export function traceOf(entries: readonly Entry[]): RampTrace {
  const builder = new TraceBuilder(present(entries[0], 'a ramp has entries'))
  for (const entry of entries) builder.add(entry)
  return builder.finish()
}

/** Collects spans; used up once it is finished. */
class TraceBuilder {
  readonly #ramp: string
  readonly #root: OpenSpan
  readonly #done: TraceSpan[] = []
  /** The open span of each stage. */
  readonly #open = new Map<string, OpenSpan>()
  readonly #incarnations = new Map<string, number>()
  /** The stage of each command. */
  readonly #commands = new Map<string, string>()
  readonly #order: string[] = []
  #rootEnding: Ending = { status: 'unset' }
  #latestMs: number

  constructor(opened: Entry) {
    assert(opened.type === 'ramp.opened', 'a stream begins with ramp.opened')
    const { ramp, plan, planDigest, by, atMs } = opened
    this.#ramp = ramp
    this.#latestMs = atMs
    const attributes = {
      'rampart.ramp': ramp,
      'rampart.goal': plan.goal,
      'rampart.contract.kind': plan.contract.kind,
      'rampart.contract.name': plan.contract.name,
      'rampart.contract.digest': plan.contract.digest,
      'rampart.plan.digest': planDigest,
      'rampart.by': by,
      'rampart.stages': plan.stages.length,
    }
    const name = `${plan.goal} ${plan.contract.name}`
    const span = { id: this.#idOf('ramp'), name, startMs: atMs, attributes }
    this.#root = { span, events: [] }
  }

  add(entry: Entry): void {
    this.#latestMs = entry.atMs
    if (entry.type === 'stage.gated' || entry.type === 'stage.entered') this.#begin(entry)
    if (entry.type === 'stage.undoing') this.#beginUndo(entry)
    if (entry.type === 'command.issued') this.#commands.set(entry.command, entry.stage)
    const stage = this.#stageOf(entry)
    const on = stage === undefined ? undefined : this.#open.get(stage)
    const event = eventOf(entry)
    // What happens to a stage that is ready happens while the ramp goes on.
    if (event !== undefined) (on ?? this.#root).events.push(event)
    this.#endStage(entry)
    if (entry.type === 'ramp.ended') {
      const message = entry.cause?.sentence
      const why = message === undefined ? {} : { message }
      this.#rootEnding =
        entry.outcome === 'reached' ? { status: 'ok' } : { status: 'error', ...why }
    }
  }

  finish(): RampTrace {
    for (const stage of [...this.#open.keys()])
      this.#end(stage, this.#latestMs, { status: 'unset' })
    const { span, events } = this.#root
    const root = { ...span, endMs: this.#latestMs, events, ...this.#rootEnding }
    const byId = new Map(this.#done.map((done) => [done.id, done]))
    const spans = this.#order.map((id) => present(byId.get(id), 'every span that began was ended'))
    return { id: digestHex(`rampart trace ${this.#ramp}`, 32), spans: [root, ...spans] }
  }

  #begin(entry: Extract<Entry, { type: 'stage.gated' | 'stage.entered' }>): void {
    const { stage, incarnation, atMs } = entry
    const isOpen = this.#open.has(stage) && this.#incarnations.get(stage) === incarnation
    if (isOpen) return
    this.#end(stage, atMs, { status: 'unset' })
    this.#incarnations.set(stage, incarnation)
    const attributes = { 'rampart.stage': stage, 'rampart.incarnation': incarnation }
    this.#start(stage, { id: this.#idOf(`${stage}#${incarnation}`), name: stage, attributes }, atMs)
  }

  #beginUndo(entry: Extract<Entry, { type: 'stage.undoing' }>): void {
    const { stage, next, atMs } = entry
    this.#end(stage, atMs, { status: 'unset' })
    const incarnation = this.#incarnations.get(stage) ?? 0
    const attributes = {
      'rampart.stage': stage,
      'rampart.incarnation': incarnation,
      'rampart.next': next,
    }
    const id = this.#idOf(`${stage}#${incarnation} undo`)
    this.#start(stage, { id, name: `undo ${stage}`, attributes }, atMs)
  }

  #start(
    stage: string,
    span: Pick<TraceSpan, 'id' | 'name' | 'attributes'>,
    startMs: number,
  ): void {
    this.#order.push(span.id)
    this.#open.set(stage, {
      span: { ...span, parent: this.#root.span.id, stage, startMs },
      events: [],
    })
  }

  #stageOf(entry: Entry): string | undefined {
    if (entry.type === 'command.answered') return this.#commands.get(entry.command)
    return 'stage' in entry ? entry.stage : undefined
  }

  #endStage(entry: Entry): void {
    switch (entry.type) {
      case 'stage.ready':
      case 'stage.excused':
      case 'stage.undone':
        return this.#end(entry.stage, entry.atMs, { status: 'ok' })
      case 'stage.failed':
        return this.#end(entry.stage, entry.atMs, {
          status: 'error',
          message: entry.cause.sentence,
        })
      default:
        return
    }
  }

  #end(stage: string, endMs: number, ending: Ending): void {
    const open = this.#open.get(stage)
    if (open === undefined) return
    this.#open.delete(stage)
    this.#done.push({ ...open.span, endMs, events: open.events, ...ending })
  }

  #idOf(what: string): string {
    return digestHex(`rampart span ${this.#ramp} ${what}`, 16)
  }
}

/** As many hexadecimal digits of a digest; never all zero in practice, which would be no id. */
function digestHex(text: string, length: number): string {
  return digestOfText(text).slice('sha256:'.length, 'sha256:'.length + length)
}
