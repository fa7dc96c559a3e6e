/** The shapes of what is running. */
import { z } from 'zod'
import type {
  BrokenPromise,
  ComponentView,
  EnvironmentPage,
  EnvironmentView,
  LeftoversView,
  LogLine,
  UnwatchedView,
  WatchView,
} from '../wire.ts'
import { NEXT } from './paging.ts'
import { COUNT, INSTANT, named } from './promised.ts'
import { RAMP_PHASES, RAMP_SUMMARY } from './ramp.ts'

const COMPONENT_VIEW: z.ZodType<ComponentView> = named(
  'Component',
  z.object({
    subject: z.string().describe('`<contract>/<component>`'),
    instance: z.string().describe('One start of it: `shop/api#3`.'),
    copy: COUNT.exactOptional().describe('Which of several that serve side by side.'),
    pid: COUNT,
    status: z.enum(['running', 'exited', 'lost']),
    ports: z.record(z.string(), COUNT),
    protocols: z
      .record(z.string(), z.enum(['tcp', 'udp']))
      .exactOptional()
      .describe('Of those of its ports that are not of TCP.'),
    fronts: z.record(z.string(), COUNT).exactOptional(),
    sinceMs: INSTANT,
    endedAtMs: INSTANT.exactOptional(),
    code: z.number().int().exactOptional(),
    signal: z.string().exactOptional(),
  }),
)

const BROKEN_PROMISE: z.ZodType<BrokenPromise> = named(
  'BrokenPromise',
  z.object({
    stage: z.string(),
    condition: z.string(),
    sinceMs: INSTANT.exactOptional(),
    sentence: z.string(),
    reason: z.string(),
    owner: z.string().exactOptional(),
  }),
)

const WATCH_VIEW: z.ZodType<WatchView> = named(
  'Watch',
  z.object({
    ramp: z.string(),
    phase: z.enum(RAMP_PHASES),
    sinceMs: INSTANT,
    broken: z.array(BROKEN_PROMISE),
  }),
)

const UNWATCHED_VIEW: z.ZodType<UnwatchedView> = named(
  'Unwatched',
  z.object({
    ramp: z.string().describe('The ramp that watched it last.'),
    sinceMs: INSTANT,
    cause: z.string().exactOptional(),
  }),
)

const ENVIRONMENT_VIEW: z.ZodType<EnvironmentView> = named(
  'Environment',
  z.object({
    kind: z.string(),
    contract: z.string(),
    lastRamp: RAMP_SUMMARY.exactOptional(),
    watch: WATCH_VIEW.exactOptional(),
    unwatched: UNWATCHED_VIEW.exactOptional().describe(
      'It is up and is to be watched, but nothing watches it; ramped up again, it is.',
    ),
    components: z.array(COMPONENT_VIEW),
  }),
)

/** `GET /v1/environments` */
export const ENVIRONMENT_PAGE: z.ZodType<EnvironmentPage> = named(
  'EnvironmentPage',
  z.object({ environments: z.array(ENVIRONMENT_VIEW), next: NEXT }),
)

export const LOG_LINE: z.ZodType<LogLine> = named(
  'LogLine',
  z.object({
    subject: z.string(),
    copy: COUNT.exactOptional().describe('Which of several that serve side by side wrote it.'),
    stream: z.enum(['out', 'err', 'note']),
    atMs: INSTANT,
    text: z.string(),
  }),
)

export const LEFTOVERS_VIEW: z.ZodType<LeftoversView> = named(
  'Leftovers',
  z.object({
    processes: z.array(
      z.object({
        pid: COUNT,
        command: z.string(),
        subject: z.string(),
        instance: z.string().describe('The start that it is of: `shop/api#3`.'),
      }),
    ),
    ports: z.array(z.object({ port: COUNT, pid: COUNT })),
  }),
)
