/** The shapes of what is said about ports. */
import { z } from 'zod'
import { OWNER_WORD } from '../../core/port/port-owner.ts'
import type { Digest } from '../../core/units/digest.ts'
import type {
  AssignRequest,
  ClaimRequest,
  LeaseList,
  ListedRange,
  PortGrant,
  PortLease,
  PortStory,
} from '../wire/ports.ts'
import { COUNT, INSTANT, listOf, named } from './promised.ts'

const NAME = z.string().regex(OWNER_WORD, 'a name, such as shop/api')

const PORT_NUMBER = z.number().int().min(1).max(65_535)
const PROTOCOL = z.enum(['tcp', 'udp'])
const ADDRESSES = z
  .array(z.union([z.ipv4(), z.ipv6()]))
  .min(1)
  .max(16)
const GIVING = z.enum(['descriptor', 'number'])
const TTL_MS_MAX = 24 * 60 * 60 * 1_000
const WISHES_MAX = 64

const DIGEST = z.string() as unknown as z.ZodType<Digest>

const STATES = [
  'reserved',
  'held',
  'assigned',
  'ready',
  'active',
  'draining',
  'cooling',
  'stolen',
  'orphaned',
  'quarantined',
] as const

const OWNER = named(
  'PortOwner',
  z.strictObject({
    service: NAME.describe('For example `shop/api`.'),
    port: NAME.describe('Which of its ports: `http`.'),
    instance: NAME.exactOptional(),
    environment: NAME.exactOptional(),
    tenant: NAME.exactOptional(),
    scope: NAME.exactOptional().describe('A worktree, a CI job.'),
  }),
)

const CLAIM = named(
  'PortClaim',
  z.object({ protocol: PROTOCOL, addresses: listOf(z.string()), port: PORT_NUMBER }),
)

/** A process, and not the next one with its number. */
const PROCESS = named(
  'ProcessIdentity',
  z.strictObject({
    pid: z.number().int().min(2),
    started: z.string().regex(/^\d{1,20}$/),
    bootId: z.string().min(1).max(100),
  }),
)

/** A container that a port is published for. */
const CONTAINER = named(
  'LeasedContainer',
  z.object({
    name: z.string(),
    port: PORT_NUMBER.exactOptional().describe('Where its program listens, in its own network.'),
  }),
)

/** One lease. */
export const PORT_LEASE: z.ZodType<PortLease> = named(
  'PortLease',
  z.object({
    id: z.string(),
    claim: CLAIM,
    owner: OWNER,
    state: z.enum(STATES),
    token: COUNT,
    rule: z.object({
      range: z.string(),
      contract: z.string().exactOptional(),
      digest: DIGEST.exactOptional(),
    }),
    giving: GIVING,
    front: z.enum(['http', 'tcp']).exactOptional(),
    ramp: z.string().exactOptional(),
    process: PROCESS.exactOptional(),
    container: CONTAINER.exactOptional(),
    servedAt: listOf(z.string()).exactOptional(),
    thief: z
      .object({
        pid: COUNT.exactOptional(),
        command: z.string().exactOptional(),
        address: z.string(),
      })
      .exactOptional(),
    grantedAtMs: INSTANT,
    changedAtMs: INSTANT,
    because: z.string(),
    expiresAtMs: INSTANT.exactOptional(),
    coolUntilMs: INSTANT.exactOptional(),
  }),
)

const LISTED_RANGE: z.ZodType<ListedRange> = named(
  'PortRange',
  z.object({
    contract: z.string().exactOptional().describe('Absent: it is the built-in range.'),
    digest: DIGEST.exactOptional(),
    range: z.string(),
    first: PORT_NUMBER,
    last: PORT_NUMBER,
    protocol: PROTOCOL,
    standing: z
      .enum(['in-force', 'earlier'])
      .describe('`earlier`: an amended revision, of which somebody may still have a port.'),
    rules: z.object({
      addresses: listOf(z.string()),
      for: z
        .object({
          environment: z.string().exactOptional(),
          service: z.string().exactOptional(),
          tenant: z.string().exactOptional(),
          scope: z.string().exactOptional(),
        })
        .describe('Whose claims it takes; `*` at the end of a word matches any rest.'),
      fixed: z.record(z.string(), PORT_NUMBER).describe('By `service/port`.'),
      claim: listOf(z.string()).exactOptional(),
      perTenant: COUNT.exactOptional(),
      perService: COUNT.exactOptional(),
      coolingMs: COUNT,
    }),
  }),
)

/** Every lease, and every range. */
export const LEASE_LIST: z.ZodType<LeaseList> = named(
  'LeaseList',
  z.object({
    index: COUNT,
    leases: listOf(PORT_LEASE),
    ranges: listOf(LISTED_RANGE).exactOptional(),
  }),
)

/** What is wanted. */
export const CLAIM_REQUEST: z.ZodType<ClaimRequest> = named(
  'ClaimRequest',
  z.strictObject({
    wishes: z
      .array(
        z.strictObject({
          owner: OWNER,
          protocol: PROTOCOL.exactOptional(),
          addresses: ADDRESSES.exactOptional(),
          port: PORT_NUMBER.exactOptional(),
          giving: GIVING.exactOptional(),
          ttlMs: z.number().int().min(100).max(TTL_MS_MAX).exactOptional(),
        }),
      )
      .min(1)
      .max(WISHES_MAX),
  }),
)

/** What was given. */
export const PORT_GRANT: z.ZodType<PortGrant> = named(
  'PortGrant',
  z.union([
    z.object({ verdict: z.literal('granted'), leases: listOf(PORT_LEASE) }),
    z.object({
      verdict: z.literal('refused'),
      reason: z.string(),
      sentence: z.string(),
      retryable: z.boolean(),
    }),
  ]),
)

/** Who is to listen. */
export const ASSIGN_REQUEST: z.ZodType<AssignRequest> = named(
  'AssignRequest',
  z.strictObject({ process: PROCESS }),
)

/** All that can be told of one number. */
export const PORT_STORY: z.ZodType<PortStory> = named(
  'PortStory',
  z.object({
    port: PORT_NUMBER,
    leases: listOf(PORT_LEASE),
    past: listOf(z.object({ lease: PORT_LEASE, freedAtMs: INSTANT, because: z.string() })),
    sightings: listOf(
      z.object({
        claim: CLAIM,
        process: PROCESS.exactOptional(),
        command: z.string().exactOptional(),
      }),
    ),
    sentences: listOf(z.string()),
  }),
)

/** Which port. */
export const PORT_PARAMS: z.ZodType<{ readonly port: number }> = z.strictObject({
  port: z.coerce.number().int().min(1).max(65_535),
})

/** Which lease. */
export const LEASE_PARAMS: z.ZodType<{ readonly lease: string }> = z.strictObject({
  lease: z.string().min(1).max(100),
})

/** Whose machine. */
export const PORTS_OF: z.ZodType<{ readonly region?: string }> = z.strictObject({
  region: z
    .string()
    .min(1)
    .max(200)
    .exactOptional()
    .describe("The machine of that region's agent, which is asked. @default the server's own"),
})
