/** The input of the `dns` probe: `dns: "name"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { oneOrMany } from './amount.ts'
import { textThat } from './template.ts'

const NAME = /^(?=.{1,254}$)(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?$/
const RESOLVER =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?|[0-9A-Fa-f:]+|\[[0-9A-Fa-f:]+\](?::\d{1,5})?)$/

const name = textThat((text) => NAME.test(text), 'a name of the DNS, such as api.example.com')

const resolver = textThat(
  (text) => RESOLVER.test(text),
  'the address of a resolver: 10.0.0.2, 10.0.0.2:5353 or [fd00::2]:53',
)

const question = {
  name,
  type: z
    .enum(['A', 'AAAA', 'CNAME', 'TXT', 'SRV', 'MX', 'NS'])
    .exactOptional()
    .meta({ default: 'A' }),
  resolvers: z
    .array(resolver)
    .min(1)
    .max(16)
    .exactOptional()
    .describe("Whom to ask, each for itself; by default the machine's own."),
}

/** Reads as `{ name }` when written as one text, else as the object itself. */
export const dnsInput: z.ZodType<JsonObject> = z.union([
  name.transform((text) => ({ name: text })),
  z.strictObject({
    ...question,
    absent: z.literal(true).describe('There must be no such record any more.'),
  }),
  z
    .strictObject({
      ...question,
      expect: oneOrMany(z.string().min(1))
        .exactOptional()
        .describe(
          'All records, in any order: 10.0.0.7, "10 mail.example", "0 5 443 host.example".',
        ),
      maxTtl: durationMs(1_000)
        .exactOptional()
        .describe('The longest that resolvers may keep the records. For A and AAAA only.'),
      whenUnknown: z
        .enum(['notYet', 'terminal'])
        .exactOptional()
        .describe('What it means that there is no such name or record.')
        .meta({ default: 'notYet' }),
    })
    .refine(({ type = 'A', maxTtl }) => maxTtl === undefined || type === 'A' || type === 'AAAA', {
      error: 'the type A or AAAA, since only their TTL can be seen',
      path: ['maxTtl'],
    }),
])
