/**
 * What somebody asks about services, read from an address: `/v1/services/shop/api?port=http&wait=30s`.
 * Pure; whatever cannot be read is named, with what would be right.
 */
import { isFault } from '../../../core/fault/fault.ts'
import { parseDurationMs } from '../../../core/units/duration.ts'
import type { PageOf } from '../../../core/units/page-of.ts'

/** Whose endpoints; every word that is given must match. */
export interface ServiceQuery {
  /** `shop/api`, or its name with dots: `api.shop`, `api.shop.wt1`; absent: all. */
  readonly name?: string
  readonly port?: string
  readonly instance?: string
  readonly environment?: string
  readonly scope?: string
  readonly tenant?: string
  readonly protocol?: string
}

/** What somebody asks, and how long they would wait for something new. */
export interface ServiceRequest {
  readonly query: ServiceQuery
  /** Answer when there is something else than at this index. */
  readonly index?: number
  /** How long to wait for that. @unit ms */
  readonly waitMs?: number
}

/** How long somebody may wait, and waits who says nothing. @unit ms */
export const WAIT_MS_MAX = 600_000
export const WAIT_MS_DEFAULT = 300_000

/** The words that narrow a question, as they are written in an address. */
export const QUERY_WORDS = [
  'port',
  'instance',
  'environment',
  'scope',
  'tenant',
  'protocol',
] as const

const WORDS: ReadonlySet<string> = new Set([...QUERY_WORDS, 'index', 'wait'])

/** Reads a question, or says what is wrong with it. */
export function parseServiceRequest(
  name: string | undefined,
  parameters: URLSearchParams,
): ServiceRequest | { readonly problem: string } {
  const unknown = [...parameters.keys()].find((word) => !WORDS.has(word))
  if (unknown !== undefined)
    return { problem: `there is no ${JSON.stringify(unknown)}; there are ${[...WORDS].join(', ')}` }
  const index = parameters.get('index')
  if (index !== null && !/^\d{1,15}$/.test(index))
    return { problem: `index is ${JSON.stringify(index)}; give the number of an earlier answer` }
  const wait = parameters.get('wait')
  const waitMs = wait === null ? undefined : readWaitMs(wait)
  if (typeof waitMs === 'string') return { problem: waitMs }
  const words = QUERY_WORDS.flatMap((word) => {
    const value = parameters.get(word)
    return value === null || value === '' ? [] : [[word, value]]
  })
  return {
    query: { ...(name === undefined ? {} : { name }), ...Object.fromEntries(words) },
    ...(index === null ? {} : { index: Number(index) }),
    ...(waitMs === undefined ? {} : { waitMs: Math.min(waitMs, WAIT_MS_MAX) }),
  }
}

const PAGE_MAX = 5_000
const PAGE_USUAL = 1_000

/** Which page of an answer is wanted, taken out of the words of an address; undefined: all of it. */
export function takeServicePage(
  parameters: URLSearchParams,
): { readonly page: PageOf | undefined } | { readonly problem: string } {
  const limit = parameters.get('limit')
  const cursor = parameters.get('cursor')
  parameters.delete('limit')
  parameters.delete('cursor')
  if (limit === null && cursor === null) return { page: undefined }
  const count = limit === null ? PAGE_USUAL : Number(limit)
  if (!Number.isInteger(count) || count < 1 || count > PAGE_MAX) {
    return { problem: `limit is ${JSON.stringify(limit)}; give a number from 1 to ${PAGE_MAX}` }
  }
  return { page: { limit: count, ...(cursor === null ? {} : { cursor }) } }
}

/** Seconds where no unit is given. */
function readWaitMs(text: string): number | string {
  try {
    return parseDurationMs(/^\d+$/.test(text) ? `${text}s` : text)
  } catch (thrown) {
    if (isFault(thrown, 'unit-malformed')) return `wait: ${thrown.hint}`
    throw thrown
  }
}
