/** Entries as events of a trace: what was heard and decided, in attributes that can be searched. */
import type { Entry } from '../entry/entry.ts'
import type { TraceAttributes, TraceEvent } from './ramp-trace.ts'

/** The event that an entry is; undefined for what a span's begin and end say already. */
export function eventOf(entry: Entry): TraceEvent | undefined {
  const { type: name, atMs } = entry
  const event = (facts: TraceAttributes): TraceEvent => ({ name, atMs, attributes: ours(facts) })
  switch (entry.type) {
    case 'condition.answered': {
      const { condition, attempt, answer } = entry
      const { verdict, outlook, reason, sentence } = answer
      const latencyMs = answer.evidence['latencyMs']
      const latency = typeof latencyMs === 'number' ? { latencyMs } : {}
      return event({
        ...onStage(entry),
        condition,
        attempt,
        verdict,
        outlook,
        reason,
        sentence,
        ...latency,
      })
    }
    case 'command.issued':
      return event({ ...onStage(entry), command: entry.command, purpose: entry.purpose })
    case 'command.answered': {
      const { verdict, reason, sentence } = entry.answer
      return event({ command: entry.command, verdict, reason, sentence })
    }
    case 'condition.met':
      return event({ ...onStage(entry), condition: entry.condition })
    case 'stage.breached': {
      const { condition, policy, cause } = entry
      return event({ ...onStage(entry), condition, policy, sentence: cause.sentence })
    }
    case 'stage.entered':
    case 'stage.started':
    case 'stage.provisional':
    case 'stage.completed':
      return event(onStage(entry))
    case 'word.spoken':
      return event({ by: entry.by, say: entry.word.say })
    case 'word.refused':
      return event({ by: entry.by, reason: entry.reason, sentence: entry.sentence })
    case 'news.heard':
      return event({ subject: entry.subject, is: entry.is })
    case 'approval.counted':
      return event({
        ...onStage(entry),
        condition: entry.condition,
        by: entry.by,
        approves: entry.approves,
      })
    case 'ramp.held':
    case 'ramp.undoing':
      return event({ reason: entry.cause.reason, sentence: entry.cause.sentence })
    case 'ramp.resumed':
      return event({ by: entry.by })
    default:
      return undefined
  }
}

function onStage({ stage }: { readonly stage: string }): TraceAttributes {
  return { stage }
}

/** Names of our own, as OpenTelemetry wants attributes that it does not define. */
function ours(facts: TraceAttributes): TraceAttributes {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [`rampart.${name}`, value]),
  )
}
