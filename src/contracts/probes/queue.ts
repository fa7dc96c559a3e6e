/** The input of the `queue` probe: one of three job systems, and the canary that is sent through it. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { durationMs } from '../document/word-schemas.ts'
import { templated, textThat } from './template.ts'
import { trust } from './trust.ts'

/** A schema's or prefix's name that no SQL and no key needs to quote. */
const SPACE = /^[a-z_][a-z0-9_]{0,62}$/

const sqlUrl = textThat(
  (text) => /^postgres(?:ql)?:\/\/[^\s]+$/.test(text),
  'a URL such as postgres://user:password@host:5432/database',
)

const redisUrl = textThat(
  (text) => /^rediss?:\/\/[^\s]+$/.test(text),
  'a URL such as redis://user:password@host:6379/0',
)

const schema = textThat((text) => SPACE.test(text), 'a schema of a-z, 0-9 and _')

const queue = textThat(
  (text) => /^[^:\s]+$/.test(text),
  'the name of a queue, without : and spaces',
)

const canaryQueue = queue
  .exactOptional()
  .describe('Queue that the canary is sent through; by default the same one.')

const pgBoss = z.strictObject({
  url: sqlUrl,
  schema: schema.exactOptional().meta({ default: 'pgboss' }),
  queue,
  canaryQueue,
  session: z
    .string()
    .min(1)
    .exactOptional()
    .describe(
      "The application_name of the worker's sessions; tells a dead worker from a paused one.",
    ),
})

const bullmq = z.strictObject({
  url: redisUrl,
  prefix: z.string().min(1).exactOptional().meta({ default: 'bull' }),
  queue,
  canaryQueue,
  canaryName: z
    .string()
    .min(1)
    .exactOptional()
    .describe('Name that the canary has as a job.')
    .meta({ default: 'canary' }),
  tls: trust.exactOptional().describe('How the certificate is judged, for rediss://.'),
})

const graphileWorker = z.strictObject({
  url: sqlUrl,
  schema: schema.exactOptional().meta({ default: 'graphile_worker' }),
  task: z.string().min(1),
  canaryTask: z
    .string()
    .min(1)
    .exactOptional()
    .describe('Task that the canary is sent to; by default the same one.'),
})

const canary = z.strictObject({
  data: z
    .record(z.string(), z.json())
    .exactOptional()
    .describe('Data by which the worker knows a canary; a token is added.')
    .meta({ default: {} }),
  processedWithin: durationMs(1)
    .exactOptional()
    .describe('How soon a worker must have done it.')
    .meta({ default: '2s' }),
  by: z.string().min(1).exactOptional().describe('Version of the worker that must have done it.'),
})

const SYSTEMS = ['pgBoss', 'bullmq', 'graphileWorker'] as const

/** The object itself. Exactly one job system is named. */
export const queueInput: z.ZodType<JsonObject> = z
  .strictObject({
    pgBoss: pgBoss.exactOptional(),
    bullmq: bullmq.exactOptional(),
    graphileWorker: graphileWorker.exactOptional(),
    canary: canary.exactOptional().describe('The job that is sent through. It is always sent.'),
    waiting: templated(z.int().min(0))
      .exactOptional()
      .describe('How many jobs that are due may wait at most.'),
    oldestWaiting: durationMs(1)
      .exactOptional()
      .describe('How long a job that is due may have waited at most.'),
  })
  .refine((input) => SYSTEMS.filter((name) => input[name] !== undefined).length === 1, {
    error: 'exactly one of pgBoss, bullmq and graphileWorker',
  })
