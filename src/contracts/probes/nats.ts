/** The input of the `nats` probe: `nats: "URL"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { templated, textThat } from './template.ts'
import { trust } from './trust.ts'

const url = textThat(
  (text) => /^(?:nats|tls):\/\/[^\s]+$/.test(text),
  'a URL such as nats://user:password@host:4222',
)

const name = textThat(
  (text) => /^[^\s.*>/\\]+$/.test(text),
  'a name of JetStream: without spaces, dots, * and >',
)

const subject = textThat(
  (text) => /^[^\s.*>]+(?:\.[^\s.*>]+)*$/.test(text),
  'a subject to publish to, such as orders.canary',
)

const count = templated(z.int().min(0))

const canary = z.strictObject({
  subject: subject.describe('Where it is published; the stream must keep it.'),
  payload: z
    .string()
    .exactOptional()
    .describe('Its body, which the worker must take for one that changes nothing.')
    .meta({ default: '{}' }),
  headers: z.record(z.string().min(1), z.string()).exactOptional(),
  processedWithin: durationMs(1)
    .exactOptional()
    .describe('How soon a worker must have acknowledged it.')
    .meta({ default: '2s' }),
  by: z
    .string()
    .min(1)
    .exactOptional()
    .describe('Version of the worker that must have acknowledged it, by its answer.'),
})

/** Reads as `{ url }` when written as one text, else as the object itself. */
export const natsInput: z.ZodType<JsonObject> = z.union([
  url.transform((text) => ({ url: text })),
  z
    .strictObject({
      url,
      credentials: z
        .string()
        .min(1)
        .exactOptional()
        .describe('Credentials of a user with a JWT: their text, or the file that holds it.'),
      inboxPrefix: subject
        .exactOptional()
        .describe('Where answers come to, for users who may not listen everywhere.')
        .meta({ default: '_INBOX' }),
      jetstream: templated(z.boolean())
        .exactOptional()
        .describe('Whether JetStream must be there; implied by a stream.')
        .meta({ default: false }),
      stream: name.exactOptional().describe('A stream that must be there.'),
      consumer: name.exactOptional().describe('A consumer of it that must be there, not paused.'),
      pullsWaiting: count
        .exactOptional()
        .describe('How many pulls must wait at least; one is meant by a bound push consumer.'),
      pending: count
        .exactOptional()
        .describe('How many messages may wait at most that were never delivered.'),
      unacknowledged: count
        .exactOptional()
        .describe('How many messages may be delivered at most that nobody has acknowledged.'),
      canary: canary.exactOptional().describe('A message that the consumer must acknowledge.'),
      tls: trust.exactOptional().describe('How the certificate is judged.'),
    })
    .refine(
      (input) => input.consumer === undefined || input.stream !== undefined,
      'a consumer is of a stream: name it with `stream`',
    )
    .refine(
      (input) =>
        input.consumer !== undefined ||
        (input.pullsWaiting ?? input.pending ?? input.unacknowledged ?? input.canary) === undefined,
      'pullsWaiting, pending, unacknowledged and canary are about a consumer: name it',
    ),
])
