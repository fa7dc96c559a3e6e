/**
 * A trace in the trace-event format that Perfetto and Chrome's about:tracing open: a row for the ramp
 * and one for every stage, instants for what was asked and answered.
 *
 * @source Trace Event Format, JSON Object Format (the Trace-Viewer's own document)
 */
import type { Json, JsonObject } from '../units/json.ts'
import type { RampTrace, TraceSpan } from './ramp-trace.ts'

const US_PER_MS = 1_000

/** The one process of the picture. */
const PROCESS = 1

/** The row of the ramp itself; stages follow. */
const RAMP_ROW = 1

/** The trace as a JSON object. Instants are microseconds since the ramp was opened. */
export function chromeTraceOf(trace: RampTrace): JsonObject {
  const [root] = trace.spans
  const openedMs = root?.startMs ?? 0
  const rows = new Map<string | undefined, number>([[undefined, RAMP_ROW]])
  for (const { stage } of trace.spans) if (!rows.has(stage)) rows.set(stage, rows.size + 1)
  const names = [...rows].flatMap(([stage, row]) => nameRow(stage ?? root?.name ?? 'ramp', row))
  const events = trace.spans.flatMap((span) =>
    eventsOf(span, rows.get(span.stage) ?? RAMP_ROW, openedMs),
  )
  return {
    traceEvents: [about('process_name', PROCESS, { name: 'rampart' }), ...names, ...events],
    displayTimeUnit: 'ms',
    otherData: { traceId: trace.id, openedAtMs: openedMs, ...root?.attributes },
  }
}

function nameRow(name: string, row: number): readonly Json[] {
  return [about('thread_name', row, { name }), about('thread_sort_index', row, { sort_index: row })]
}

function about(name: string, tid: number, args: JsonObject): Json {
  return { name, ph: 'M', pid: PROCESS, tid, ts: 0, args }
}

function eventsOf(span: TraceSpan, tid: number, openedMs: number): readonly Json[] {
  const { name, startMs, endMs, attributes, status, message, events } = span
  const cat = span.stage === undefined ? 'ramp' : 'stage'
  const at = (ms: number): number => (ms - openedMs) * US_PER_MS
  const why = message === undefined ? {} : { message }
  const whole = {
    name,
    cat,
    ph: 'X',
    pid: PROCESS,
    tid,
    ts: at(startMs),
    dur: at(endMs) - at(startMs),
    args: { ...attributes, status, ...why },
  }
  const instants = events.map((event) => ({
    name: event.name,
    cat,
    ph: 'i',
    s: 't',
    pid: PROCESS,
    tid,
    ts: at(event.atMs),
    args: event.attributes,
  }))
  return [whole, ...instants]
}
