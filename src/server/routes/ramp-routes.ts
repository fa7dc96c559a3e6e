/** `/v1/ramps`: opening ramps, looking at them, speaking to them. */
import { type Asking, assertMay, forbidden, whoAsks } from '../access/add-access.ts'
import type { Resource } from '../access/permissions.ts'
import { resourceOf } from '../access/ramp-resource.ts'
import { nameOf, namesOf, voiceWord } from '../access/voice.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import { chooseTarget } from '../choose-target.ts'
import { compileContract, readContract, settingsFor } from '../compile-contract.ts'
import { isOwner } from '../contracts/answer-proposal.ts'
import { contractUnknown } from '../contracts/held-revision.ts'
import { assertAgreed, assertPlaced, documentMeant, isReference } from '../contracts/open-held.ts'
import { answerLive, placeSeen } from '../live-answer.ts'
import { streamRamp } from '../ramp-stream.ts'
import { readPage } from '../read-page.ts'
import { AFTER, OPEN_RAMP, PAGE, RAMP_PARAMS, RAMPS, SAY } from '../requests.ts'
import { ofType } from '../schemas/content.ts'
import { ENTRY_PAGE, RECORDED } from '../schemas/entry.ts'
import {
  CIRCUMSTANCE_REPLY,
  OPEN_RAMP_REPLY,
  RAMP_PAGE,
  RAMP_VIEW,
  SAY_REPLY,
} from '../schemas/ramp.ts'
import { etagOf } from '../wire/etags.ts'
import type {
  CircumstanceReply,
  EntryPage,
  OpenRampRequest,
  RampSummary,
  RampView,
  SayReply,
} from '../wire.ts'
import { rampMeant, seenBy } from './seen-ramps.ts'

const TAGS = ['ramps']

/** Adds the routes. */
export function addRampRoutes(app: App, api: Api): void {
  addOpening(app, api)
  addReading(app, api)
  addRecord(app, api)
  addStream(app, api)
  addWords(app, api)
}

function addOpening(app: App, api: Api): void {
  app.post(
    '/v1/ramps',
    {
      schema: {
        operationId: 'openRamp',
        summary: 'Compile a contract and open a ramp of it',
        tags: TAGS,
        body: OPEN_RAMP,
        response: { 201: OPEN_RAMP_REPLY },
      },
      config: { permission: 'ramps.operate' },
    },
    async (request, reply) => {
      const ramp = await openRamp(api, request, request.body)
      return await reply.code(201).header('location', `/v1/ramps/${ramp}`).send({ ramp })
    },
  )
}

const READ = { permission: 'ramps.read' } as const

function addReading(app: App, api: Api): void {
  const { parts, index } = api
  const config = READ

  app.get(
    '/v1/ramps',
    {
      schema: {
        operationId: 'listRamps',
        summary: 'List ramps, newest first',
        tags: TAGS,
        querystring: RAMPS,
        response: { 200: RAMP_PAGE },
      },
      config,
    },
    async (request) => await index.page(request.query, seenBy(request, api)),
  )

  app.get(
    '/v1/ramps/:ramp',
    {
      schema: {
        operationId: 'getRamp',
        summary: 'Look at a ramp as it stands; its ETag is the sequence of its last entry',
        tags: TAGS,
        params: RAMP_PARAMS,
        response: { 200: RAMP_VIEW },
      },
      config: { ...config, etag: true },
    },
    async (request, reply): Promise<RampView> => {
      const state = await index.state(await rampMeant(request, api))
      void reply.header('etag', etagOf(state.sequence))
      return { state, nowMs: parts.clock.nowMs() }
    },
  )
}

/** What was recorded of a ramp, and beside it. */
function addRecord(app: App, api: Api): void {
  const { parts } = api
  const config = READ

  app.get(
    '/v1/ramps/:ramp/entries',
    {
      schema: {
        operationId: 'listRampEntries',
        summary: 'Read the entries of a ramp, in order',
        tags: TAGS,
        params: RAMP_PARAMS,
        querystring: PAGE,
        response: { 200: ENTRY_PAGE },
      },
      config,
    },
    async (request): Promise<EntryPage> => {
      const { after, limit, cursor = after } = request.query
      const entries = parts.ledger.read(await rampMeant(request, api), cursor)
      return await readPage(entries, limit, ({ sequence }) => sequence)
    },
  )

  app.get(
    '/v1/ramps/:ramp/circumstances',
    {
      schema: {
        operationId: 'getCircumstances',
        summary: 'Say what a ramp ran among, as far as it was recorded',
        tags: TAGS,
        params: RAMP_PARAMS,
        response: { 200: CIRCUMSTANCE_REPLY },
      },
      config,
    },
    async (request): Promise<CircumstanceReply> => {
      // Whether it may be seen is asked first, also where nothing is recorded.
      const ramp = await rampMeant(request, api)
      const circumstances = await parts.circumstances?.read(ramp)
      return circumstances === undefined ? {} : { circumstances }
    },
  )
}

function addStream(app: App, api: Api): void {
  const { clock, ledger, engine, onTrouble } = api.parts
  app.get(
    '/v1/ramps/:ramp/stream',
    {
      schema: {
        operationId: 'streamRamp',
        summary: 'Follow a ramp live; `Last-Event-ID` is the last sequence that was seen',
        tags: TAGS,
        params: RAMP_PARAMS,
        querystring: AFTER,
        response: { 200: ofType('text/event-stream', RECORDED) },
      },
      config: { permission: 'ramps.read' },
    },
    async (request, reply): Promise<void> => {
      const ramp = await rampMeant(request, api)
      const after = placeSeen(request.headers, request.query.after)
      await answerLive(reply, {
        type: 'text/event-stream',
        tell: (writer) => streamRamp({ engine, ledger, clock, ramp, after, writer }),
        onTrouble,
      })
    },
  )
}

function addWords(app: App, api: Api): void {
  const { parts, index, store, access } = api
  app.post(
    '/v1/ramps/:ramp/words',
    {
      schema: {
        operationId: 'sayWord',
        summary: 'Hold, resume or abort a ramp, or answer what it asks people',
        tags: TAGS,
        params: RAMP_PARAMS,
        body: SAY,
        response: { 200: SAY_REPLY },
      },
      config: { permission: 'ramps.operate', ifMatch: true },
    },
    async (request): Promise<SayReply> => {
      const ramp = await rampMeant(request, api)
      const state = await index.state(ramp)
      const who = whoAsks(request)
      const resource = await resourceOf(store, state.plan.contract, who)
      const voiced = await voiceWord(access.tokens, who, { state, resource, ...request.body })
      const heads = request.precondition?.heads
      return await parts.engine.speak({ ramp, ...voiced, ...(heads && { heads }) })
    },
  )
}

async function openRamp(
  { parts, index, store }: Api,
  request: Asking,
  opening: OpenRampRequest,
): Promise<string> {
  const { goal, settings: given } = opening
  const by = nameOf(whoAsks(request), opening.by)
  const { workspace } = parts.identity
  const contract = readContract(await documentMeant(store, opening.contract))
  const { kind, name } = contract
  const resource = await resourceOf(store, { kind, name }, whoAsks(request))
  // What is held and may not be seen is as if it were not held.
  assertMay(request, resource, () =>
    isReference(opening.contract)
      ? contractUnknown({ kind, name })
      : forbidden(whoAsks(request), 'ramps.operate', `${kind}/${name}`),
  )
  const who = whoAsks(request)
  // Whoever owns the machine runs what they like on it, as they always could.
  if (who.by !== 'local') {
    const isMine = (owner: string, of: Resource): boolean => isOwner(who, of, owner)
    await assertAgreed(store, contract, { isOwner: isMine })
  }
  const aim = await chooseTarget(index, contract, opening)
  const { aimed, plan, next } = compileContract(contract, { goal, ...aim })
  assertPlaced(plan, opening.directory)
  const { directory = workspace } = opening
  const up = goal === 'up' ? undefined : await index.latest(contract.name, isUpOf(contract))
  const earlier = up && (await parts.settings.load(up.ramp))
  const settings = settingsFor(aimed, { goal, ...aim, directory, workspace, given, earlier })
  const kept = { ...settings, by: namesOf(who, resource, by), ...(next && { next }) }
  return await parts.engine.open({ plan, settings: kept, by })
}

function isUpOf(contract: { readonly kind: string }): (summary: RampSummary) => boolean {
  return (summary) => summary.goal === 'up' && summary.contract.kind === contract.kind
}
