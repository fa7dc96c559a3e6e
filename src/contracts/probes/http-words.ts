/** What probes that ask by HTTP have in common: where, how, and which answer is good. */
import { z } from 'zod'
import type { Json } from '../../core/units/json.ts'
import { byteCount, oneOrMany } from './amount.ts'
import { patternText } from './pattern.ts'
import { templated, textThat } from './template.ts'
import { trust } from './trust.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** A URL of HTTP. */
export const httpUrl: z.ZodType<string> = textThat(
  (text) => /^https?:\/\/[^\s]+$/i.test(text),
  'a URL with http:// or https://',
)

const status = z.union([
  z.int().min(100).max(599),
  textThat(
    (text) => /^[1-5](?:\d\d|xx)$/.test(text),
    'a status such as 200, or a class such as 2xx',
  ),
])

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of a header')

/** Headers to send. */
export const sentHeaders: z.ZodType<Readonly<Record<string, string>>> = z.record(
  headerName,
  z.string(),
)

/** Patterns that headers must match. */
const headerPatterns: z.ZodType<Readonly<Record<string, string>>> = z.record(
  headerName,
  patternText,
)

/** A path into a JSON document: `order.status`, `items.0.id`. */
const jsonPath: z.ZodType<string, string> = z
  .string()
  .regex(/^[^\s.]+(?:\.[^\s.]+)*$/, 'a path into the JSON, such as order.status or items.0.id')

/** Whether what is expected of the JSON goes together with reading the body as JSON. */
export function isJsonAgreed(asked: { readonly json?: Json; readonly expectJson?: Json }): boolean {
  return asked.json !== false || asked.expectJson === undefined
}

/** What is refused where {@link isJsonAgreed} does not hold. */
export const JSON_DISAGREES: { readonly error: string; readonly path: string[] } = {
  error: 'true, or nothing, where `expectJson` looks into the JSON',
  path: ['json'],
}

/** The members that every probe which asks by HTTP understands. */
export const httpMembers: Readonly<
  Record<
    | 'method'
    | 'status'
    | 'headers'
    | 'expectHeaders'
    | 'expectJson'
    | 'body'
    | 'json'
    | 'bodyLimit'
    | 'followRedirects'
    | 'tls',
    z.ZodExactOptional<z.ZodType<Json>>
  >
> = {
  method: templated(z.enum(METHODS)).exactOptional().meta({ default: 'GET' }),
  status: oneOrMany(status)
    .exactOptional()
    .describe('Status, class of status, or list of them, that is good.')
    .meta({ default: '2xx' }),
  headers: sentHeaders.exactOptional().describe('Headers to send.'),
  expectHeaders: headerPatterns
    .exactOptional()
    .describe('Patterns that headers of the answer must match.'),
  expectJson: z
    .record(jsonPath, patternText)
    .exactOptional()
    .describe('Patterns that values of the JSON in the answer must match, by their path.'),
  body: patternText.exactOptional().describe('Pattern that the body of the answer must match.'),
  json: templated(z.boolean())
    .exactOptional()
    .describe('Whether the body must be JSON; by default as the content type says.'),
  bodyLimit: byteCount.exactOptional().meta({ default: '1MiB' }),
  followRedirects: templated(z.int().min(0).max(10)).exactOptional().meta({ default: 0 }),
  tls: trust.exactOptional(),
}
