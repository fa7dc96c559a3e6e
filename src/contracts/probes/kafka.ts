/** The input of the `kafka` probe: `kafka: "host:port"`, or an object with more to check. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { oneOrMany } from './amount.ts'
import { templated, textThat } from './template.ts'
import { trust } from './trust.ts'

const ADDRESS = /^(?:\[[^\]\s]+\]|[^:\s[\]]+):\d{1,5}$/

const address = textThat((text) => ADDRESS.test(text), 'host:port, or [address]:port for IPv6')

const topic = textThat(
  (text) => /^[A-Za-z0-9._-]{1,249}$/.test(text),
  'the name of a topic, of letters, digits and ._-',
)

const count = templated(z.int().min(1))

const sasl = z.strictObject({
  mechanism: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .exactOptional()
    .meta({ default: 'plain' }),
  user: z.string().min(1),
  password: z.string().min(1),
})

const canary = z
  .strictObject({
    payload: z
      .string()
      .exactOptional()
      .describe('Its value, which the worker must take for one that changes nothing.')
      .meta({ default: '{}' }),
    headers: z.record(z.string().min(1), z.string()).exactOptional(),
    partitions: z
      .array(templated(z.int().min(0)))
      .min(1)
      .exactOptional()
      .describe('Partitions that get one; by default all.'),
    processedWithin: durationMs(1)
      .exactOptional()
      .describe('How soon the group must have committed past it.')
      .meta({ default: '2s' }),
    replyTopic: topic.exactOptional().describe('Topic to which the worker answers.'),
    by: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Version of the worker that must have done it, by its answer.'),
  })
  .refine(
    (written) => written.by === undefined || written.replyTopic !== undefined,
    'the worker tells its version by an answer: name its topic with `replyTopic`',
  )

/** Reads as `{ brokers: [address] }` when written as one text, else as the object itself. */
export const kafkaInput: z.ZodType<JsonObject> = z.union([
  address.transform((text) => ({ brokers: [text] })),
  z
    .strictObject({
      brokers: oneOrMany(address).describe('Where to begin; the cluster tells of its others.'),
      sasl: sasl.exactOptional().describe('How to sign in.'),
      topic: topic.exactOptional().describe('A topic that must be there, each partition led.'),
      partitions: count.exactOptional().describe('How many partitions it must have.'),
      inSyncReplicas: count
        .exactOptional()
        .describe('How many replicas of each partition must be in sync at least.'),
      group: z
        .string()
        .min(1)
        .exactOptional()
        .describe('A group that must be stable, with every partition of the topic assigned.'),
      canary: canary
        .exactOptional()
        .describe('A record in each partition that the group must commit past.'),
      tls: trust
        .exactOptional()
        .describe('TLS is spoken when this is there, even when it is empty.'),
    })
    .refine(
      (input) =>
        input.topic !== undefined ||
        (input.partitions ?? input.inSyncReplicas ?? input.group) === undefined,
      'partitions, inSyncReplicas and group are about a topic: name it',
    )
    .refine(
      (input) => input.group !== undefined || input.canary === undefined,
      'a canary is for a group: name it',
    ),
])
