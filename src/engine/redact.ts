/** Redaction: no secret setting may reach the ledger, however a probe or an actuator came by it. */
import type { Json, JsonObject } from '../core/units/json.ts'
import type { RampSettings } from '../seams/settings.ts'

/** A text that was cut may end or begin with so much of a secret before that is taken for it. */
const PART_MIN = 8

/** What probes put in the place of what they hide. */
const HIDDEN = '***'

/** Replaces secrets in anything that is about to be recorded. */
export type Redact = <Value>(value: Value) => Value

/** A redactor for the secrets of a ramp. Values shorter than three characters cannot be told apart. */
export function redactorFor(settings: RampSettings | undefined): Redact {
  const tables = [settings?.values ?? {}, ...Object.values(settings?.groups ?? {})]
  const secrets = (settings?.secrets ?? []).flatMap((name) =>
    tables.flatMap(({ [name]: value }) =>
      typeof value === 'string' && value.length >= 3 ? formsOf(name, value) : [],
    ),
  )
  // The longest first, so that a secret within a longer one does not leave the rest of it behind.
  secrets.sort((a, b) => b.text.length - a.text.length)
  if (secrets.length === 0) return (value) => value
  return <Value>(value: Value): Value => redactValue(value as Json, secrets) as Value
}

interface SecretForm {
  readonly text: string
  readonly mark: string
}

function formsOf(name: string, value: string): readonly SecretForm[] {
  const mark = `[secret ${name}]`
  const forms = new Set([
    value,
    encodeURIComponent(value),
    // As it stands in a URL that it was put into as it is.
    encodeURI(value),
    JSON.stringify(value).slice(1, -1),
  ])
  return [...forms].map((text) => ({ text, mark }))
}

function redactValue(value: Json, secrets: readonly SecretForm[]): Json {
  if (typeof value === 'string') return redactText(value, secrets)
  if (Array.isArray(value)) return value.map((item) => redactValue(item, secrets))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value as JsonObject).map(([key, member]) => [
    redactText(key, secrets),
    member === undefined ? member : redactValue(member, secrets),
  ])
  return Object.fromEntries(members) as JsonObject
}

function redactText(text: string, secrets: readonly SecretForm[]): string {
  let clean = text
  for (const secret of secrets) clean = clean.replaceAll(secret.text, secret.mark)
  // A probe that hides what follows `password=` may have hidden only the beginning of it.
  const pieces = clean.split(HIDDEN)
  for (const secret of secrets) {
    for (const [place, piece] of pieces.entries()) pieces[place] = redactEnds(piece, secret)
  }
  return pieces.join(HIDDEN)
}

/** What was cut off elsewhere may have the beginning of a secret as its end, or its end as the beginning. */
function redactEnds(text: string, { text: secret, mark }: SecretForm): string {
  const [first, last] = [secret.slice(0, PART_MIN), secret.slice(-PART_MIN)]
  if (secret.length <= PART_MIN || !(text.includes(first) || text.includes(last))) return text
  const [before, after] = [text.startsWith('…') ? '…' : '', text.endsWith('…') ? '…' : '']
  let clean = text.slice(before.length, text.length - after.length)
  const end = longest(secret, (length) => clean.endsWith(secret.slice(0, length)))
  if (end > 0) clean = `${clean.slice(0, -end)}${mark}`
  const beginning = longest(secret, (length) => clean.startsWith(secret.slice(-length)))
  if (beginning > 0) clean = `${mark}${clean.slice(beginning)}`
  return `${before}${clean}${after}`
}

/** The longest part of a secret of which that is true; 0: of none that is long enough. */
function longest(secret: string, isFound: (length: number) => boolean): number {
  let length = secret.length - 1
  while (length >= PART_MIN && !isFound(length)) length -= 1
  return length >= PART_MIN ? length : 0
}
