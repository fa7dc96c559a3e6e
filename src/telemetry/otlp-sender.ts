/**
 * Sends traces by OTLP over HTTP. The library is loaded with the first trace, so that a daemon that
 * sends none does not pay for it. Headers, time-outs and compression follow OpenTelemetry's variables.
 */
import type { HrTime } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'
import { Fault } from '../core/fault/fault.ts'
import type { RampTrace, TraceSpan } from '../core/trace/ramp-trace.ts'
import type { OtlpTarget } from './otlp-target.ts'

/** OpenTelemetry's numbers for what a status says. */
const STATUS = { unset: 0, ok: 1, error: 2 } as const

/** The span is of work within this program. */
const INTERNAL = 0

/** The trace is sampled. */
const SAMPLED = 1

const EXPORTED = 0

interface Loaded {
  readonly exporter: SpanExporter
  readonly resource: Resource
}

/** Sends to one target. */
export class OtlpSender {
  readonly #target: OtlpTarget
  readonly #version: string
  readonly #pending = new Set<Promise<void>>()
  #loading: Promise<Loaded> | undefined

  constructor(target: OtlpTarget, version: string) {
    this.#target = target
    this.#version = version
  }

  /**
   * Sends a trace; resolves once the other side has taken it.
   *
   * @throws trace-unsent when it did not, after the retries that the protocol asks for
   */
  async send(trace: RampTrace): Promise<void> {
    const sending = this.#send(trace)
    const settled = sending.catch(() => undefined)
    this.#pending.add(settled)
    try {
      await sending
    } finally {
      this.#pending.delete(settled)
    }
  }

  /** Waits for what is being sent, then lets go. */
  async close(): Promise<void> {
    await Promise.all(this.#pending)
    const loaded = await this.#loading
    await loaded?.exporter.shutdown()
  }

  async #send(trace: RampTrace): Promise<void> {
    this.#loading ??= this.#load()
    const { exporter, resource } = await this.#loading
    const spans = trace.spans.map((span) => this.#readable(trace.id, span, resource))
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    exporter.export(spans, ({ code, error }) => {
      if (code === EXPORTED) resolve()
      else reject(this.#unsent(error))
    })
    await promise
  }

  async #load(): Promise<Loaded> {
    const [{ OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ])
    const { url, attributes } = this.#target
    return {
      exporter: new OTLPTraceExporter({ url }),
      resource: resourceFromAttributes({ ...attributes, 'service.version': this.#version }),
    }
  }

  #readable(traceId: string, span: TraceSpan, resource: Resource): ReadableSpan {
    const { id: spanId, parent, name, status, message } = span
    const context = (id: string) => ({ traceId, spanId: id, traceFlags: SAMPLED })
    return {
      name,
      kind: INTERNAL,
      spanContext: () => context(spanId),
      ...(parent === undefined ? {} : { parentSpanContext: context(parent) }),
      startTime: hrTimeOf(span.startMs),
      endTime: hrTimeOf(span.endMs),
      duration: hrTimeOf(span.endMs - span.startMs),
      status: { code: STATUS[status], ...(message === undefined ? {} : { message }) },
      attributes: mutable(span.attributes),
      links: [],
      events: span.events.map((event) => ({
        name: event.name,
        time: hrTimeOf(event.atMs),
        attributes: mutable(event.attributes),
      })),
      ended: true,
      resource,
      instrumentationScope: { name: 'rampart', version: this.#version },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    }
  }

  #unsent(cause: unknown): Fault {
    const { url } = this.#target
    const why = cause instanceof Error ? cause.message : 'it did not say why'
    const hint = `${url} did not take a trace: ${why}.`
    return new Fault({ code: 'trace-unsent', operation: 'send a trace', subject: url, hint, cause })
  }
}

function hrTimeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000)
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)]
}

/** A copy in the shape that the library wants. */
function mutable(attributes: TraceSpan['attributes']): ReadableSpan['attributes'] {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === 'object' ? [...value] : value,
    ]),
  )
}
