/** The shapes of agents, regions and what travels between agents and the server. */
import { z } from 'zod'
import type { AgentErrand, AgentReports } from '../wire/agent-work.ts'
import type {
  AgentCertificate,
  AgentPage,
  AgentView,
  RegionPage,
  RegionView,
} from '../wire/agents.ts'
import { JSON_OBJECT } from './contract.ts'
import { NEXT } from './paging.ts'
import { LEASE_LIST, PORT_STORY } from './ports.ts'
import { COUNT, ETAG, INSTANT, listOf, named, promised } from './promised.ts'

const NAME_MAX = 200
const TEXT_MAX = 100_000
const REPORTS_MAX = 10_000
/** How many components one report tells of, and how many lines; agents tell of no more. */
const COMPONENTS_MAX = 5_000
const LINES_MAX = 10_000
/** How large the JSON of outputs is: all of it goes into the ledger. @unit characters */
const OUTPUTS_MAX = 262_144

const text = z.string().max(TEXT_MAX)
const name = z.string().min(1).max(NAME_MAX)

const AGENT_CERTIFICATE: z.ZodType<AgentCertificate> = named(
  'AgentCertificate',
  z.object({
    subject: z.string(),
    fingerprint: z.string().describe('SHA-256 of it, in hexadecimal.'),
    untilMs: INSTANT,
  }),
)

export const AGENT_VIEW: z.ZodType<AgentView> = named(
  'Agent',
  z.object({
    name: z.string(),
    region: z.string(),
    etag: ETAG.exactOptional(),
    status: z.enum(['connected', 'lost']),
    version: z.string(),
    certificate: AGENT_CERTIFICATE.exactOptional(),
    sinceMs: INSTANT,
    lastSeenAtMs: INSTANT,
    roundTripMs: z.number().exactOptional(),
    busyWith: COUNT.describe('Errands it was given and has not reported on.'),
  }),
)

const REGION_VIEW: z.ZodType<RegionView> = named(
  'Region',
  z.object({
    region: z.string(),
    agents: listOf(AGENT_VIEW),
    ramps: z.array(z.string()).describe('Ramps under way that have stages there.'),
  }),
)

export const AGENT_LIST: z.ZodType<AgentPage> = named(
  'AgentList',
  z.object({ agents: listOf(AGENT_VIEW), next: NEXT }),
)

export const REGION_LIST: z.ZodType<RegionPage> = named(
  'RegionList',
  z.object({ regions: listOf(REGION_VIEW), next: NEXT }),
)

/** What the server hands out; its other members depend on what is to be done. */
export const AGENT_ERRAND: z.ZodType<AgentErrand> = promised(
  'AgentErrand',
  z.looseObject({ do: z.string(), errand: z.string().optional() }),
)

/** How an agent presents itself. */
export interface AgentWorkQuery {
  readonly region: string
  readonly instance: string
  readonly version: string
  readonly replace: boolean
}

/** `GET /v1/agent/work` */
export const AGENT_WORK: z.ZodType<AgentWorkQuery> = z.strictObject({
  region: name.regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'a name in kebab-case'),
  instance: name,
  version: name,
  replace: z.stringbool().default(false),
})

const outputs = JSON_OBJECT.refine(
  (value) => JSON.stringify(value).length <= OUTPUTS_MAX,
  `is longer than ${OUTPUTS_MAX} characters of JSON`,
)

const answer = z.strictObject({
  verdict: z.enum(['passed', 'failed', 'inconclusive', 'errored']),
  outlook: z.enum(['notYet', 'terminal']),
  reason: name,
  sentence: text,
  evidence: JSON_OBJECT,
})

const outcome = z.strictObject({
  verdict: z.enum(['done', 'failed']),
  reason: name,
  sentence: text,
  outputs,
  retryable: z.boolean(),
})

const component = z.looseObject({
  subject: name,
  instance: name,
  pid: z.number().int(),
  status: z.enum(['running', 'exited', 'lost']),
  ports: z.record(z.string(), z.number().int()),
  sinceMs: z.number(),
})

const line = z.strictObject({
  subject: name,
  stream: z.enum(['out', 'err', 'note']),
  atMs: z.number(),
  text,
})

const of = { errand: name }

/** `POST /v1/agent/reports` */
export const AGENT_REPORTS: z.ZodType<AgentReports> = promised(
  'AgentReports',
  z.strictObject({
    session: name,
    reports: z
      .array(
        z.discriminatedUnion('told', [
          z.strictObject({ ...of, told: z.literal('answer'), answer }),
          z.strictObject({ ...of, told: z.literal('outcome'), outcome }),
          z.strictObject({ ...of, told: z.literal('changed') }),
          z.strictObject({
            ...of,
            told: z.literal('components'),
            components: z.array(component).max(COMPONENTS_MAX),
          }),
          z.strictObject({ ...of, told: z.literal('lines'), lines: z.array(line).max(LINES_MAX) }),
          z.strictObject({
            ...of,
            told: z.literal('ports'),
            list: LEASE_LIST.exactOptional(),
            story: PORT_STORY.exactOptional(),
            refusal: text.exactOptional(),
          }),
        ]),
      )
      .max(REPORTS_MAX),
  }),
)

/** What the server says to reports. */
export const AGENT_REPORTS_REPLY: z.ZodType<{ readonly heard: true }> = named(
  'AgentReportsReply',
  z.object({ heard: z.literal(true) }),
)
