/** Reads what Prometheus answers to an instant query. @source Prometheus HTTP API v1 */
import type { Json, JsonObject } from '../../core/units/json.ts'
import { parseDocument } from '../document/parse-document.ts'

/** One value, and what it is the value of. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  /** As it was printed; absent for a histogram. */
  readonly value?: string
}

/** What was read. */
export type Result =
  | {
      readonly kind: 'samples'
      readonly samples: readonly Sample[]
      readonly warnings: readonly string[]
    }
  /** A range of values, or a text: nothing that could be compared. */
  | { readonly kind: 'incomparable'; readonly type: string }
  /** Prometheus says that it cannot. */
  | { readonly kind: 'refused'; readonly errorType: string; readonly message: string }
  | { readonly kind: 'foreign' }

/** Reads the body of an answer. */
export function readResult(body: string): Result {
  const document = parseDocument(body)
  const answer = document.parsed ? objectOf(document.json) : {}
  if (answer['status'] === 'error') {
    const [errorType, message] = [textOf(answer['errorType']), textOf(answer['error'])]
    return { kind: 'refused', errorType, message }
  }
  if (answer['status'] !== 'success') return { kind: 'foreign' }
  const data = objectOf(answer['data'])
  const type = textOf(data['resultType'])
  const result = Array.isArray(data['result']) ? (data['result'] as readonly Json[]) : []
  const warnings = Array.isArray(answer['warnings']) ? answer['warnings'].map(String) : []
  if (type === 'scalar')
    return { kind: 'samples', samples: [{ labels: {}, ...readValue(result) }], warnings }
  if (type !== 'vector') return { kind: 'incomparable', type }
  const samples = result.map((one) => {
    const sample = objectOf(one)
    const labels = Object.entries(objectOf(sample['metric'])).map(([name, label]) => [
      name,
      String(label),
    ])
    return { labels: Object.fromEntries(labels), ...readValue(sample['value']) }
  })
  return { kind: 'samples', samples, warnings }
}

/** A value is a pair: the moment of asking, and the number as a text. */
function readValue(pair: Json | undefined): { readonly value?: string } {
  const value = Array.isArray(pair) ? pair[1] : undefined
  return typeof value === 'string' ? { value } : {}
}

function objectOf(json: Json | undefined): JsonObject {
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
  return isObject ? (json as JsonObject) : {}
}

function textOf(json: Json | undefined): string {
  return typeof json === 'string' ? json : ''
}
