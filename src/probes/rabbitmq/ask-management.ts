/** Asks RabbitMQ's management plugin what AMQP has no word for: alarms, and how a queue is. */
import { type Exchange, exchange } from '../exchange/exchange.ts'
import type { ManagementFacts, RabbitmqFailure } from './facts.ts'
import type { ManagementInput, RabbitmqInput } from './rabbitmq-input.ts'

/** The most of an answer that is read. @unit bytes */
const BODY_BYTES_MAX = 1_048_576
const SHOWN_MAX = 10

type Json = Readonly<Record<string, unknown>>

/** What it told, or why it did not. */
export type ManagementAnswer = ManagementFacts | { readonly failure: RabbitmqFailure }

/** Asks for alarms, and for the queue when one is named; never rejects. */
export async function askManagement(
  input: RabbitmqInput,
  management: ManagementInput,
  signal: AbortSignal,
): Promise<ManagementAnswer> {
  const { vhost, queue } = input
  const paths = ['health/checks/alarms']
  if (queue !== undefined) {
    paths.push(`queues/${encodeURIComponent(vhost)}/${encodeURIComponent(queue)}`)
  }
  const answers = await Promise.all(paths.map((path) => get(input, management, path, signal)))
  const [health, found] = answers.map(readAnswer)
  if (health === undefined || 'failure' in health) return health ?? { failure: UNKNOWN }
  if (found !== undefined && 'failure' in found) return found
  return { alarms: readAlarms(health.json), ...(found === undefined ? {} : readQueue(found.json)) }
}

const UNKNOWN: RabbitmqFailure = { code: 'UNKNOWN', message: '', isManagement: true }

function get(
  input: RabbitmqInput,
  { url, headers }: ManagementInput,
  path: string,
  signal: AbortSignal,
): Promise<Exchange> {
  const asked = new URL(url)
  asked.pathname = `${asked.pathname.replace(/\/$/, '')}/api/${path}`
  const terms = { tls: input.tls, bodyBytesMax: BODY_BYTES_MAX }
  return exchange({ url: asked, method: 'GET', headers }, terms, signal)
}

function readAnswer(
  answer: Exchange,
): { readonly json: Json } | { readonly failure: RabbitmqFailure } {
  const { status, failure, body } = answer
  if (failure !== undefined) return refusal(failure, '')
  const json = parse(body)
  // Alarms in effect are told by 503, with the alarms.
  if (json !== undefined && (status === 200 || (status === 503 && 'alarms' in json))) {
    return { json }
  }
  return refusal(String(status ?? 'UNKNOWN'), String(json?.['reason'] ?? '').slice(0, 200))
}

function refusal(code: string, message: string): { readonly failure: RabbitmqFailure } {
  return { failure: { code, message, isManagement: true } }
}

function parse(body: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(body)
    return typeof json === 'object' && json !== null ? (json as Json) : undefined
  } catch {
    // What is not JSON is no answer of this API.
    return undefined
  }
}

function readAlarms(health: Json): readonly string[] {
  const alarms: unknown = health['alarms']
  if (!Array.isArray(alarms)) return health['status'] === 'ok' ? [] : ['of an unknown kind']
  return alarms.slice(0, SHOWN_MAX).map((alarm: Json) => {
    return `${String(alarm['resource'])} at ${String(alarm['node'])}`
  })
}

function readQueue(queue: Json): Partial<ManagementFacts> {
  const {
    type,
    state,
    messages_unacknowledged: unacknowledged,
  } = queue as {
    readonly type?: unknown
    readonly state?: unknown
    readonly messages_unacknowledged?: unknown
  }
  return {
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof state === 'string' ? { state } : {}),
    ...(typeof unacknowledged === 'number' ? { unacknowledged } : {}),
  }
}
