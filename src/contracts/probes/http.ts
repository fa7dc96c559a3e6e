/** The input of the `http` probe: `http: "URL"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { byteCount, oneOrMany } from './amount.ts'
import { patternText } from './pattern.ts'
import { templated, textThat } from './template.ts'
import { trust } from './trust.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

const url = textThat((text) => /^https?:\/\/[^\s]+$/i.test(text), 'a URL with http:// or https://')

const status = z.union([
  z.int().min(100).max(599),
  textThat(
    (text) => /^[1-5](?:\d\d|xx)$/.test(text),
    'a status such as 200, or a class such as 2xx',
  ),
])

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of a header')

/** Reads as `{ url }` when written as one text, else as the object itself. */
export const httpInput: z.ZodType<JsonObject> = z.union([
  url.transform((text) => ({ url: text })),
  z.strictObject({
    url,
    method: templated(z.enum(METHODS)).exactOptional().meta({ default: 'GET' }),
    status: oneOrMany(status)
      .exactOptional()
      .describe('Status, class of status, or list of them, that is good.')
      .meta({ default: '2xx' }),
    headers: z.record(headerName, z.string()).exactOptional().describe('Headers to send.'),
    expectHeaders: z
      .record(headerName, patternText)
      .exactOptional()
      .describe('Patterns that headers of the answer must match.'),
    body: patternText.exactOptional().describe('Pattern that the body of the answer must match.'),
    json: templated(z.boolean())
      .exactOptional()
      .describe('Whether the body must be JSON; by default as the content type says.'),
    bodyLimit: byteCount.exactOptional().meta({ default: '1MiB' }),
    followRedirects: templated(z.int().min(0).max(10)).exactOptional().meta({ default: 0 }),
    tls: trust.exactOptional(),
  }),
])
