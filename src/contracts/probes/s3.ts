/** The input of the `s3` probe: a bucket, how to sign in to it, and what to prove of it. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { templated, textThat } from './template.ts'
import { trust } from './trust.ts'

const endpoint = textThat(
  (text) => /^https?:\/\/[^\s/?#@]+\/?$/i.test(text),
  'a URL such as https://s3.eu-central-1.example:9000, without user and path',
)

const bucket = textThat(
  (text) => /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/.test(text),
  'the name of a bucket',
)

const region = textThat(
  (text) => /^[a-z0-9][a-z0-9-]{0,62}$/.test(text),
  'a region such as eu-central-1',
)

const prefix = textThat(
  (text) => /^[A-Za-z0-9][A-Za-z0-9!_.*'()/-]{0,199}$/.test(text),
  "the beginning of a key such as health/, of letters, digits and !_.*'()/-",
)

/** Reads as the object itself. */
export const s3Input: z.ZodType<JsonObject> = z.strictObject({
  bucket,
  endpoint: endpoint
    .exactOptional()
    .describe("Where the store is; by default where Amazon's is in that region."),
  region: region.exactOptional().meta({ default: 'us-east-1' }),
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  sessionToken: z.string().min(1).exactOptional(),
  forcePathStyle: templated(z.boolean())
    .exactOptional()
    .describe(
      'Whether the path names the bucket, not the host; by default as soon as there is an endpoint.',
    ),
  prefix: prefix
    .exactOptional()
    .describe('What the key of the canary object begins with.')
    .meta({ default: 'rampart-canary/' }),
  versioning: z
    .enum(['enabled', 'suspended', 'off'])
    .exactOptional()
    .describe('What the versioning of the bucket must be; by default anything.'),
  replicated: z
    .string()
    .min(1)
    .max(1_024)
    .exactOptional()
    .describe('Key of an object that must have been replicated.'),
  tls: trust.exactOptional().describe('How the certificate is judged, for https://.'),
})
