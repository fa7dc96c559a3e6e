/** The input of the `rabbitmq` probe: `rabbitmq: "URL"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { templated, textThat } from './template.ts'
import { trust } from './trust.ts'

const url = textThat(
  (text) => /^amqps?:\/\/[^\s]+$/.test(text),
  'a URL such as amqp://user:password@host:5672/vhost',
)

const management = textThat(
  (text) => /^https?:\/\/[^\s]+$/.test(text),
  'a URL of the management plugin such as http://host:15672',
)

const count = templated(z.int().min(0))

const canary = z.strictObject({
  exchange: z
    .string()
    .min(1)
    .exactOptional()
    .describe('Where it is published; by default straight to the queue.'),
  routingKey: z.string().exactOptional().describe('By default the name of the queue.'),
  payload: z
    .string()
    .exactOptional()
    .describe('Its body, which the worker must take for one that changes nothing.')
    .meta({ default: '{}' }),
  headers: z.record(z.string().min(1), z.string()).exactOptional(),
  processedWithin: durationMs(1)
    .exactOptional()
    .describe('How soon a worker must have answered it.')
    .meta({ default: '2s' }),
  by: z.string().min(1).exactOptional().describe('Version of the worker that must have done it.'),
})

/** Reads as `{ url }` when written as one text, else as the object itself. */
export const rabbitmqInput: z.ZodType<JsonObject> = z.union([
  url.transform((text) => ({ url: text })),
  z
    .strictObject({
      url,
      management: management
        .exactOptional()
        .describe('Where alarms, the type and unacknowledged messages are asked for.'),
      queue: z.string().min(1).max(255).exactOptional().describe('A queue that must be there.'),
      type: z.enum(['classic', 'quorum', 'stream']).exactOptional().describe('What it must be.'),
      consumers: count.exactOptional().describe('How many consumers it must have at least.'),
      waiting: count
        .exactOptional()
        .describe('How many messages may wait at most that were never delivered.'),
      unacknowledged: count
        .exactOptional()
        .describe('How many messages may be delivered at most that nobody has acknowledged.'),
      canary: canary.exactOptional().describe('A message that a worker must answer.'),
      tls: trust.exactOptional().describe('How the certificate is judged, for amqps://.'),
    })
    .refine(
      (input) =>
        input.queue !== undefined ||
        (input.type ?? input.consumers ?? input.waiting ?? input.unacknowledged ?? input.canary) ===
          undefined,
      'type, consumers, waiting, unacknowledged and canary are about a queue: name it',
    )
    .refine(
      (input) =>
        input.management !== undefined ||
        (input.type === undefined && input.unacknowledged === undefined),
      'only the management plugin tells type and unacknowledged: name its URL with `management`',
    )
    .refine(
      (input) => input.type !== 'stream' || input.canary === undefined,
      'what is put into a stream stays there, so no canary is sent through one',
    ),
])
