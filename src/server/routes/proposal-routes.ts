/**
 * `/v1/proposals` and those of a contract: amendments that wait for the word of whoever owns what they
 * touch. An answer is always recorded, also one that has no effect.
 */
import type { Digest } from '../../core/units/digest.ts'
import { ascending, descending, pageOf } from '../../core/units/page-of.ts'
import { assertMay, forbidden, whoAsks } from '../access/add-access.ts'
import type { Identity } from '../access/identity.ts'
import { mayDo } from '../access/permissions.ts'
import { askedOnce } from '../access/voice.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import { proposalEtag, proposalView, voiceAnswer } from '../contracts/answer-proposal.ts'
import { compareHeld } from '../contracts/compare-revisions.ts'
import { contractUnknown, findHeld, isSeen, proposalUnknown } from '../contracts/held-revision.ts'
import { openProposal, type Proposal } from '../contracts/proposal.ts'
import { labelsOf, type Revisions } from '../contracts/revisions.ts'
import { CONTRACT_PARAMS } from '../schemas/contract-queries.ts'
import { PAGE_OF } from '../schemas/paging.ts'
import {
  ANSWER_PROPOSAL,
  ANSWERED_PROPOSAL,
  PROPOSAL_DETAIL,
  PROPOSAL_PAGE,
  PROPOSAL_PARAMS,
} from '../schemas/proposal.ts'
import type { AnsweredProposal, ProposalDetail, ProposalPage } from '../wire/proposals.ts'

const TAGS = ['contracts']
const READ = { permission: 'contracts.read' } as const

/** Adds the routes. */
export function addProposalRoutes(app: App, api: Api): void {
  addLists(app, api)
  addOne(app, api)
  addAnswers(app, api)
}

interface Found {
  readonly held: Revisions
  readonly proposal: Proposal
  /** Among those of its contract, the oldest first. */
  readonly place?: number
}

function addLists(app: App, { parts, store, access }: Api): void {
  const pageFor = async (
    who: Identity,
    { found, orderOf }: { readonly found: readonly Found[]; orderOf(one: Found): string },
    page: Parameters<typeof pageOf>[2],
  ): Promise<ProposalPage> => {
    const { items, ...next } = pageOf(found, orderOf, page)
    const hands = askedOnce(access.tokens)
    const nowMs = parts.clock.nowMs()
    const views = items.map((one) => proposalView(hands, who, { ...one, nowMs }))
    return { proposals: await Promise.all(views), ...next }
  }

  app.get(
    '/v1/proposals',
    {
      schema: {
        operationId: 'listProposals',
        summary: 'List amendments that wait for owners, and whether whoever asks may answer them',
        tags: TAGS,
        querystring: PAGE_OF,
        response: { 200: PROPOSAL_PAGE },
      },
      config: READ,
    },
    async (request) => {
      const nowMs = parts.clock.nowMs()
      const found = (await store.list()).flatMap((held): readonly Found[] => {
        const proposal = openProposal(held.proposals, nowMs)
        return proposal === undefined || !isSeen(request, held) ? [] : [{ held, proposal }]
      })
      const longestFirst = ({ proposal: { atMs, proposal } }: Found): string =>
        `${ascending(atMs)} ${proposal}`
      return await pageFor(whoAsks(request), { found, orderOf: longestFirst }, request.query)
    },
  )

  app.get(
    '/v1/contracts/:kind/:name/proposals',
    {
      schema: {
        operationId: 'listContractProposals',
        summary: 'List every amendment of a contract that waited for owners, newest first',
        tags: TAGS,
        params: CONTRACT_PARAMS,
        querystring: PAGE_OF,
        response: { 200: PROPOSAL_PAGE },
      },
      config: READ,
    },
    async (request) => {
      const held = await findHeld(store, request, request.params)
      const found = held.proposals.map((proposal, place) => ({ held, proposal, place }))
      // None is ever taken out, so that the place of each is its own.
      const newestFirst = ({ place = 0 }: Found): string => descending(place)
      return await pageFor(whoAsks(request), { found, orderOf: newestFirst }, request.query)
    },
  )
}

function addOne(app: App, { parts, store, access }: Api): void {
  app.get(
    '/v1/contracts/:kind/:name/proposals/:proposal',
    {
      schema: {
        operationId: 'getProposal',
        summary: 'Say what an amendment that waits for owners would change',
        tags: TAGS,
        params: PROPOSAL_PARAMS,
        response: { 200: PROPOSAL_DETAIL },
      },
      config: { ...READ, etag: true },
    },
    async (request, reply): Promise<ProposalDetail> => {
      const { params } = request
      const held = await findHeld(store, request, params)
      const proposal = proposalOf(held, params.proposal)
      const nowMs = parts.clock.nowMs()
      const view = await proposalView(access.tokens, whoAsks(request), { held, proposal, nowMs })
      const before = await store.revision(params, proposal.replaces)
      const after = await store.proposedDocument(params, proposal.proposal)
      if (before === undefined || after === undefined) throw proposalUnknown(params)
      void reply.header('etag', view.etag)
      return { ...view, ...compareHeld(before.document, after) }
    },
  )
}

function addAnswers(app: App, { parts, store, access }: Api): void {
  app.post(
    '/v1/contracts/:kind/:name/proposals/:proposal/answers',
    {
      schema: {
        operationId: 'answerProposal',
        summary: 'Approve or reject an amendment as an owner, or withdraw what one proposed',
        tags: TAGS,
        params: PROPOSAL_PARAMS,
        body: ANSWER_PROPOSAL,
        response: { 200: ANSWERED_PROPOSAL },
      },
      config: { permission: 'contracts.apply', ifMatch: true },
    },
    async (request): Promise<AnsweredProposal> => {
      const { params, body, precondition } = request
      const who = whoAsks(request)
      const before = await findHeld(store, request, params)
      const seen = proposalOf(before, params.proposal)
      const approves = body.say === 'approve'
      const { held, refusal } = await store.answer(params, async (now) => {
        // Labels, and so who may what, may have changed since.
        const resource = { ...params, labels: labelsOf(now) }
        assertMay(request, resource, () => contractUnknown(params))
        const proposal = proposalOf(now, params.proposal)
        const etag = proposalEtag(proposal, parts.clock.nowMs())
        precondition?.check(etag, { operation: 'answer', subject: `${params.kind}/${params.name}` })
        const answering = await voiceAnswer(access.tokens, who, now, {
          ...body,
          proposal,
          approves,
        })
        const isOwn = [answering.by, ...answering.also].includes(proposal.by)
        // What somebody proposed they may take back, whatever else they may do.
        if ((isOwn && !approves) || mayDo(who, 'contracts.approve', resource)) return answering
        throw forbidden(who, 'contracts.approve', `${params.kind}/${params.name}`)
      })
      const proposal = proposalOf(held, seen.proposal)
      const nowMs = parts.clock.nowMs()
      const view = await proposalView(access.tokens, who, { held, proposal, nowMs })
      return { proposal: view, ...(refusal === undefined ? {} : { refusal: plain(refusal) }) }
    },
  )
}

function plain({ reason, sentence }: NonNullable<AnsweredProposal['refusal']>): {
  readonly reason: string
  readonly sentence: string
} {
  return { reason, sentence }
}

function proposalOf(held: Revisions, digest: Digest): Proposal {
  const found = held.proposals.find(({ proposal }) => proposal === digest)
  if (found === undefined) throw proposalUnknown({ ...held, proposal: digest })
  return found
}
