/** The shapes of what is said about ports. */
import { z } from 'zod'
import { OWNER_WORD } from '../../core/port/port-owner.ts'
import type { Digest } from '../../core/units/digest.ts'
import type { PageOf } from '../../core/units/page-of.ts'
import type {
  AssignRequest,
  CarriedFront,
  ClaimRequest,
  LeaseList,
  ListedRange,
  PortGrant,
  PortLease,
  PortStory,
} from '../wire/ports.ts'
import { CURSOR, limitOf, NEXT } from './paging.ts'
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

const EVENT = z.enum(['scale-up', 'scale-down', 'roll', 'migrate', 'failover'])

/** How the lease of one ends in whose place others serve. */
const PARTING = named(
  'PortParting',
  z.object({
    event: EVENT,
    by: z
      .enum(['component', 'contract', 'default'])
      .describe('Whose words `drainMs` and `lingerMs` are.'),
    contract: z.string().exactOptional().describe('The Ports contract that has a part in it.'),
    drainMs: COUNT,
    lingerMs: COUNT,
    coolingMs: COUNT.exactOptional(),
  }),
)

/** A rule of changing hands. */
const TRANSITION = named(
  'PortTransition',
  z.object({
    event: EVENT,
    drainMs: COUNT,
    lingerMs: COUNT,
    coolingMs: COUNT.exactOptional(),
    deadlineMs: COUNT,
    says: listOf(z.string()).exactOptional().describe('The words of it that are written.'),
  }),
)

/** A front that a proxy carries. */
const CARRIED_FRONT: z.ZodType<CarriedFront> = named(
  'CarriedFront',
  z.object({
    service: z.string(),
    port: z.string(),
    host: z.string(),
    number: PORT_NUMBER,
    carrier: z.discriminatedUnion('plane', [
      z.object({ plane: z.literal('haproxy'), socket: z.string(), backend: z.string() }),
      z.object({
        plane: z.literal('nginx'),
        config: z.string(),
        pid: z.string(),
        servers: z.string(),
      }),
      z.object({
        plane: z.literal('envoy'),
        admin: z.string(),
        cluster: z.string(),
        endpoints: z.string(),
      }),
    ]),
    ramp: z.string().exactOptional(),
  }),
)

/** Where the TLS of a front comes from: paths alone. */
const FRONT_TLS = named(
  'FrontTls',
  z.object({
    certificate: z.string(),
    key: z.string().describe('The path of its file; the key itself is never told.'),
    clientCa: z.string().exactOptional().describe('Absent: clients are asked for no certificate.'),
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
    token: COUNT.describe('For records: it grows with every lease granted here. Nobody checks it.'),
    rule: z.object({
      range: z.string(),
      contract: z.string().exactOptional(),
      digest: DIGEST.exactOptional(),
    }),
    giving: GIVING,
    front: z.enum(['http', 'tcp']).exactOptional(),
    tls: FRONT_TLS.exactOptional(),
    shut: z
      .string()
      .exactOptional()
      .describe('Why its front lets nobody in, though its process is there; absent: it does.'),
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
    parting: PARTING.exactOptional(),
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
    transitions: listOf(TRANSITION)
      .exactOptional()
      .describe('How its ports change hands, by what happens.'),
  }),
)

/** Every lease, and every range. */
export const LEASE_LIST: z.ZodType<LeaseList> = named(
  'LeaseList',
  z.object({
    index: COUNT,
    leases: listOf(PORT_LEASE),
    next: NEXT,
    ranges: listOf(LISTED_RANGE).exactOptional(),
    carried: listOf(CARRIED_FRONT)
      .exactOptional()
      .describe('Fronts that a proxy carries; absent: an older agent answered.'),
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

const REGION = z
  .string()
  .min(1)
  .max(200)
  .exactOptional()
  .describe("The machine of that region's agent, which is asked. @default the server's own")

/** Whose machine. */
export const PORTS_OF: z.ZodType<{ readonly region?: string }> = z.strictObject({ region: REGION })

/** Whose machine, and which page. */
export const PORTS_QUERY: z.ZodType<PageOf & { readonly region?: string }> = z.strictObject({
  region: REGION,
  limit: limitOf(5_000, 1_000),
  cursor: CURSOR,
})
