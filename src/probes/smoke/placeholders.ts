/**
 * Placeholders: `{orderId}` in a step stands for what an earlier step captured. Captured values come
 * from outside, so they can change neither the host that is asked nor anything but their own place.
 */
import type { Json, JsonObject } from '../../core/units/json.ts'
import { printScalar } from '../exchange/json-path.ts'

/** What was captured so far, by its name. Never holds lists or objects. */
export type Captured = ReadonlyMap<string, Json>

const PLACEHOLDER = /\{([A-Za-z_]\w*)\}/g
const AUTHORITY = /^https?:\/\/[^/?#]*/i

/** The step with every placeholder of a known name replaced, in its URL, its headers and its body. */
export function fillPlaceholders(step: JsonObject, captured: Captured): JsonObject {
  const { url, headers, send } = step
  return {
    ...step,
    ...(typeof url === 'string' ? { url: fillUrl(url, captured) } : {}),
    ...(headers === undefined ? {} : { headers: fill(headers, captured) }),
    ...(send === undefined ? {} : { send: fill(send, captured) }),
  }
}

/** The names that a step cannot do without: those in its URL and its headers. */
export function neededNames(step: JsonObject): readonly string[] {
  const texts = [step['url'], ...Object.values((step['headers'] ?? {}) as JsonObject)]
  return texts.flatMap((text) =>
    [...String(text).matchAll(PLACEHOLDER)].map(([, name = '']) => name),
  )
}

/** Whether the host itself is left to an answer. */
export function hasOpenHost(url: string): boolean {
  return (AUTHORITY.exec(url)?.[0] ?? '').search(PLACEHOLDER) !== -1
}

function fillUrl(url: string, captured: Captured): string {
  const authority = AUTHORITY.exec(url)?.[0] ?? ''
  const rest = replace(url.slice(authority.length), captured, encodeURIComponent)
  return authority + rest
}

/** A text that is nothing but a placeholder becomes the value itself, so that a number stays one. */
function fill(value: Json, captured: Captured): Json {
  if (typeof value === 'string') {
    const [whole, name] = /^\{([A-Za-z_]\w*)\}$/.exec(value) ?? []
    if (whole !== undefined && name !== undefined) return captured.get(name) ?? value
    return replace(value, captured, (text) => text)
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => fill(item, captured))
  const members = Object.entries(value).map(([key, member]) => [key, fill(member, captured)])
  return Object.fromEntries(members)
}

function replace(text: string, captured: Captured, print: (text: string) => string): string {
  return text.replace(PLACEHOLDER, (written, name: string) => {
    const value = printScalar(captured.get(name))
    return value === undefined ? written : print(value)
  })
}
