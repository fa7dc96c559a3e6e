/** The input of the `prometheus` probe: where to ask, what, and between which bounds. */
import { z } from 'zod'
import { isFault } from '../../core/fault/fault.ts'
import { parseDurationMs } from '../../core/units/duration.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { parseShareBp } from '../../core/units/share.ts'
import { durationMs } from '../document/word-schemas.ts'
import { textThat } from './template.ts'
import { trust } from './trust.ts'

const DECIMAL = /^[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?$/

const url = textThat((text) => /^https?:\/\/[^\s]+$/i.test(text), 'a URL with http:// or https://')

/** A bound stays the text it was written as, so that it stays exact. */
const bound = z.union([
  z.number().transform(String),
  textThat(
    (text) => DECIMAL.test(text) || isUnit(text, parseDurationMs) || isUnit(text, parseShareBp),
    'a number, a duration such as 250ms (in seconds), or a share such as 2%',
  ),
])

const selector = z.string().min(1).max(4_000)

/** Reads as the object itself. */
export const prometheusInput: z.ZodType<JsonObject> = z.strictObject({
  url: url.describe('Where Prometheus is, without /api/v1.'),
  query: selector.describe('PromQL that gives a vector or a number.'),
  above: bound.exactOptional().describe('Every value must be greater.'),
  atLeast: bound.exactOptional().describe('No value may be less.'),
  below: bound.exactOptional().describe('Every value must be less.'),
  atMost: bound.exactOptional().describe('No value may be greater.'),
  maxAge: durationMs(1)
    .exactOptional()
    .describe('How old the samples that the query is made of may be.')
    .meta({ default: '90s' }),
  freshBy: selector
    .exactOptional()
    .describe('Series whose age counts instead of those that the query names.'),
  headers: z.record(z.string(), z.string()).exactOptional().describe('Headers to send.'),
  tls: trust.exactOptional(),
})

function isUnit(text: string, parse: (text: string) => number): boolean {
  try {
    parse(text)
    return true
  } catch (thrown) {
    if (isFault(thrown, 'unit-malformed')) return false
    throw thrown
  }
}
