/** The input of the `prometheus` probe, its templates resolved. */
import { readTlsInput, type TlsInput } from '../connection/tls-input.ts'
import { signInHeaders } from '../exchange/sign-in.ts'
import type { InputReader } from '../input/input-reader.ts'
import { type Decimal, parseBound } from './decimal.ts'

/** The ways in which a value may be compared. */
export const COMPARISONS = ['above', 'atLeast', 'below', 'atMost'] as const

/** A way in which a value may be compared. */
export type Comparison = (typeof COMPARISONS)[number]

/** What every value must be. */
export interface Bound {
  readonly comparison: Comparison
  /** As it was written, for people. */
  readonly text: string
  readonly decimal: Decimal
}

/** Where to ask, what, and what to expect. */
export interface PrometheusInput {
  readonly url: URL
  readonly query: string
  readonly bounds: readonly Bound[]
  /** @default 90000 */
  readonly maxAgeMs: number
  readonly freshBy: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly tls: TlsInput
}

const MAX_AGE_MS = 90_000
const NOWHERE = 'http://localhost/'

/** Reads the input; what is wrong with it is kept by the reader. */
export function readPrometheusInput(reader: InputReader): PrometheusInput {
  const url = readUrl(reader)
  return {
    url,
    query: reader.text('query'),
    bounds: COMPARISONS.flatMap((comparison) => readBound(reader, comparison)),
    maxAgeMs: reader.whole('maxAge', MAX_AGE_MS),
    freshBy: reader.optionalText('freshBy'),
    headers: { ...signInHeaders(url, reader), ...reader.textMap('headers') },
    tls: readTlsInput(reader),
  }
}

function readUrl(reader: InputReader): URL {
  const url = URL.parse(reader.text('url'))
  if (url !== null && ['http:', 'https:'].includes(url.protocol)) return url
  // The text itself is not shown, because it may hold a password.
  reader.refuse('`url` must be a URL with http:// or https://.')
  return new URL(NOWHERE)
}

function readBound(reader: InputReader, comparison: Comparison): readonly Bound[] {
  const text = reader.optionalText(comparison)
  if (text === undefined) return []
  const decimal = parseBound(text)
  if (decimal === undefined) {
    reader.refuse(`\`${comparison}\` must be a number, and is ${text.slice(0, 40)}.`)
    return []
  }
  return [{ comparison, text, decimal }]
}
