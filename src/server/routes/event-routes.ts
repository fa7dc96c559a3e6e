/** `/v1/events`: everything that happens, live. */
import { z } from 'zod'
import { isOfContract } from '../../core/entry/contract-entry.ts'
import type { Entry } from '../../core/entry/entry.ts'
import { readRampId } from '../../engine/ramp-id.ts'
import type { Recorded } from '../../seams/ledger.ts'
import { type Asking, whoAsks } from '../access/add-access.ts'
import { isWhole, mayDo, type Resource } from '../access/permissions.ts'
import { resourceOf } from '../access/ramp-resource.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import { EventHub } from '../events/event-hub.ts'
import { streamEvents } from '../events/event-stream.ts'
import { answerLive, placeSeen } from '../live-answer.ts'
import { ofType } from '../schemas/content.ts'
import { NAME } from '../schemas/contract.ts'
import { RECORDED } from '../schemas/entry.ts'

/** Whoever came by a token or a session must show it again so often. @unit ms */
const LIFETIME_MS = 15 * 60 * 1_000

interface EventsQuery {
  readonly ramp?: string | undefined
  readonly contract?: string | undefined
  readonly types?: string | readonly string[] | undefined
  readonly after?: number | undefined
}

const EVENTS: z.ZodType<EventsQuery> = z.strictObject({
  ramp: NAME.optional().describe('Only of that ramp, by its id.'),
  contract: NAME.optional().describe(
    'Only about that contract, by name, or by kind and name: `Environment/shop`.',
  ),
  types: z
    .union([NAME, z.array(NAME).max(50)])
    .optional()
    .describe('Only entries of these types; may be given several times.'),
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe(
      'The last position that was seen; `Last-Event-ID` says the same. Absent: from now on.',
    ),
})

/** Adds the route. */
export function addEventRoutes(app: App, api: Api): void {
  const { clock, onTrouble } = api.parts
  const hub = new EventHub(api.parts)
  app.get(
    '/v1/events',
    {
      schema: {
        operationId: 'streamEvents',
        summary:
          'Follow everything that happens; `Last-Event-ID` is the last position that was seen',
        tags: ['events'],
        querystring: EVENTS,
        response: { 200: ofType('text/event-stream', RECORDED) },
      },
      config: { permission: 'ramps.read' },
    },
    async (request, reply): Promise<void> => {
      const { query } = request
      const isWanted = isAsked(query)
      const isOfKind = kindSight(query, api)
      const isSeen = sightOf(request, api)
      const after = placeSeen(request.headers, query.after)
      const untilMs = whoAsks(request).kind === 'local' ? undefined : clock.nowMs() + LIFETIME_MS
      const wants = (recorded: Recorded): boolean | Promise<boolean> =>
        isWanted(recorded) && both(isOfKind(recorded), () => isSeen(recorded))
      await answerLive(reply, {
        type: 'text/event-stream',
        tell: (writer) => streamEvents({ hub, clock, writer, after, untilMs, wants }),
        onTrouble,
      })
    },
  )
}

/** Whether an entry is one of those that are asked for. */
function isAsked({ ramp, contract, types }: EventsQuery): (recorded: Recorded) => boolean {
  const wanted = types === undefined ? undefined : new Set([types].flat())
  return ({ stream, entry }) =>
    (ramp === undefined || stream === ramp) &&
    (wanted === undefined || wanted.has(entry.type)) &&
    (contract === undefined || isAbout(stream, entry, contract))
}

/** As far as an entry and the id of its ramp tell. */
function isAbout(stream: string, entry: Entry, contract: string): boolean {
  const { kind, name } = readAsked(contract)
  if (isOfContract(entry)) return entry.name === name && (kind ?? entry.kind) === entry.kind
  return readRampId(stream)?.name === name
}

/** Whether ramps are of the kind that is asked for, which only what is known of them tells. */
function kindSight(
  { contract }: EventsQuery,
  { index }: Api,
): (recorded: Recorded) => boolean | Promise<boolean> {
  const wanted = contract === undefined ? undefined : readAsked(contract).kind
  const judged = new Map<string, boolean>()
  const judge = async (stream: string): Promise<boolean> => {
    const isOf = (await index.summary(stream))?.contract.kind === wanted
    judged.set(stream, isOf)
    return isOf
  }
  return ({ stream, entry }) =>
    wanted === undefined || isOfContract(entry) || (judged.get(stream) ?? judge(stream))
}

function readAsked(contract: string): { readonly kind?: string; readonly name: string } {
  const [name = '', kind] = contract.split('/').reverse()
  return kind === undefined ? { name } : { kind, name }
}

/** Without waiting where there is nothing to wait for: most entries are judged by what is known. */
function both(
  one: boolean | Promise<boolean>,
  other: () => boolean | Promise<boolean>,
): boolean | Promise<boolean> {
  return typeof one === 'boolean' ? one && other() : one.then((holds) => holds && other())
}

/** Whether whoever asks may see an entry; what is found for a stream holds for the whole of it. */
function sightOf(
  request: Asking,
  { index, store }: Api,
): (recorded: Recorded) => boolean | Promise<boolean> {
  const who = whoAsks(request)
  const isFree = who.grants.some(({ role, scope }) => role !== 'agent' && isWhole(scope))
  const judged = new Map<string, boolean>()
  const judge = async ({ stream, entry }: Recorded): Promise<boolean> => {
    const resource: Resource | undefined = isOfContract(entry)
      ? entry
      : (await index.summary(stream))?.contract
    if (resource === undefined) {
      // Its first entry is there, and is not that of a ramp: so it stays.
      judged.set(stream, false)
      return false
    }
    const permission = isOfContract(entry) ? 'contracts.read' : 'ramps.read'
    const isSeen = mayDo(who, permission, await resourceOf(store, resource, who))
    judged.set(stream, isSeen)
    return isSeen
  }
  return (recorded) => {
    if (recorded.entry.type === 'access.changed') return mayDo(who, 'access.manage')
    return isFree || (judged.get(recorded.stream) ?? judge(recorded))
  }
}
