/** The input of the `redis` probe: `redis: "URL"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { shareText } from './share.ts'
import { templated, textThat } from './template.ts'
import { trust } from './trust.ts'

/** The most keys that a contract may name. */
const KEYS_MAX = 1_000

const url = textThat(
  (text) => /^rediss?:\/\/[^\s]+$/.test(text),
  'a URL such as redis://user:password@host:6379/0',
)

const keys = z.array(z.string().min(1)).min(1).max(KEYS_MAX)

const sample = z.strictObject({
  keys: keys.describe('Keys that stand for all, such as those of the busiest pages.'),
  least: shareText.describe('How large a share of them must be there.'),
})

/** Reads as `{ url }` when written as one text, else as the object itself. */
export const redisInput: z.ZodType<JsonObject> = z.union([
  url.transform((text) => ({ url: text })),
  z.strictObject({
    url,
    role: z
      .enum(['primary', 'replica'])
      .exactOptional()
      .describe('What the server must be; by default either.'),
    keys: keys.exactOptional().describe('Keys that must all be there.'),
    keyCount: templated(z.int().min(1))
      .exactOptional()
      .describe('How many keys its database must hold at least.'),
    sample: sample.exactOptional().describe('Keys of which a share must be there.'),
    memoryFree: shareText
      .exactOptional()
      .describe('How large a share of maxmemory must be free; without maxmemory all of it is.'),
    tls: trust.exactOptional().describe('How the certificate is judged, for rediss://.'),
  }),
])
