/** The shapes of what is said about who serves what. */
import { z } from 'zod'
import type { ServiceList, ServicesQuery } from '../wire/services.ts'
import { NEXT } from './paging.ts'
import { COUNT, listOf, named } from './promised.ts'

const WORD = z.string().min(1).max(400).exactOptional()

/** Who is asked for, and how long to wait for something new. */
export const SERVICES_QUERY: z.ZodType<ServicesQuery> = z.strictObject({
  port: WORD.describe('Only that port of it: `http`.'),
  instance: WORD,
  environment: WORD,
  scope: WORD.describe('A worktree, a CI job. Absent: whoever has none.'),
  tenant: WORD,
  protocol: z.enum(['tcp', 'udp']).exactOptional(),
  index: z
    .string()
    .regex(/^\d{1,15}$/, 'the index of an earlier answer')
    .exactOptional()
    .describe('That of an earlier answer: the next one comes as soon as it is different.'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(5_000)
    .exactOptional()
    .describe('Unless it or `cursor` is given, all of them are told of.'),
  cursor: z.string().min(1).max(4_000).exactOptional().describe('`next` of the page before.'),
  wait: WORD.describe('For how long at most: `30s`; 5 minutes unless it is given, 10 at most.'),
})

/** Which service. */
export const SERVICE_PARAMS: z.ZodType<{ readonly service: string }> = z.strictObject({
  service: z
    .string()
    .min(1)
    .max(400)
    .describe('`shop/api`, or its name with dots: `api.shop`, `api.shop.wt1`.'),
})

/** Who is ready. */
export const SERVICE_LIST: z.ZodType<ServiceList> = named(
  'ServiceList',
  z.object({
    index: COUNT.describe('Of this answer, for the next question; it is never 0.'),
    next: NEXT,
    endpoints: listOf(
      z.object({
        service: z.string(),
        aliasOf: z
          .string()
          .exactOptional()
          .describe('The service that this is a further name of, by a Ports contract.'),
        port: z.string(),
        instance: z.string().exactOptional(),
        environment: z.string().exactOptional(),
        tenant: z.string().exactOptional(),
        scope: z.string().exactOptional(),
        protocol: z.enum(['tcp', 'udp']),
        address: z.string().describe('A literal address by which it is reached.'),
        number: z.number().int().min(1).max(65_535),
        tls: z.literal(true).exactOptional().describe('Whoever connects there has to speak TLS.'),
        target: z.string().describe('`127.0.0.1:20001`.'),
      }),
    ),
  }),
)
