/** `/v1/contracts` and `/v1/apply`: what the server holds, and holding more. Starts nothing. */
import type { FastifyRequest } from 'fastify'
import { checkPlan } from '../../core/plan/check-plan.ts'
import { digestOf } from '../../core/units/digest.ts'
import { assertMay, forbidden, maySee, whoAsks } from '../access/add-access.ts'
import type { Resource } from '../access/permissions.ts'
import { nameOf } from '../access/voice.ts'
import type { App } from '../app.ts'
import { compileContract, readContract } from '../compile-contract.ts'
import { isOwner } from '../contracts/answer-proposal.ts'
import { applyContracts } from '../contracts/apply-contracts.ts'
import { compareRevisions } from '../contracts/compare-revisions.ts'
import type { ContractStore } from '../contracts/contract-store.ts'
import { findHeld, heldRevision, isSeen } from '../contracts/held-revision.ts'
import { contractPage, isAsked, revisionPage } from '../contracts/pages.ts'
import { rampsNamed } from '../contracts/ramps-of.ts'
import { latestOf } from '../contracts/revisions.ts'
import type { ServerParts } from '../parts.ts'
import type { RampIndex } from '../ramp-index.ts'
import {
  assertOneDocument,
  COMPARE_QUERY,
  CONTRACT_PARAMS,
  CONTRACTS_QUERY,
  REVISION_PARAMS,
  REVISIONS_QUERY,
} from '../schemas/contract-queries.ts'
import {
  APPLY,
  APPLY_REPLY,
  COMPARISON,
  CONTRACT_PAGE,
  PLAN_REPLY,
  PLAN_REQUEST,
  REVISION_PAGE,
  REVISION_VIEW,
} from '../schemas/held-contract.ts'
import type { RevisionView } from '../wire/contracts.ts'
import { etagOf } from '../wire/etags.ts'

const TAGS = ['contracts']

/** What the routes need. */
export interface ContractRouteParts {
  readonly parts: ServerParts
  readonly index: RampIndex
  readonly store: ContractStore
}

/** Adds the routes. */
export function addContractRoutes(app: App, needs: ContractRouteParts): void {
  addReading(app, needs)
  addRevisions(app, needs)
  addPlanning(app, needs)
  addApplying(app, needs)
}

function addReading(app: App, { index, store }: ContractRouteParts): void {
  const config = { permission: 'contracts.read' } as const
  app.get(
    '/v1/contracts',
    {
      schema: {
        operationId: 'listContracts',
        summary: 'List the contracts that are held',
        tags: TAGS,
        querystring: CONTRACTS_QUERY,
        response: { 200: CONTRACT_PAGE },
      },
      config,
    },
    async (request) => {
      const { limit, cursor, ...filter } = request.query
      const held = (await store.list()).filter(
        (one) => isSeen(request, one) && isAsked(one, filter),
      )
      return contractPage(held, { limit, cursor }, await index.lastIds())
    },
  )

  app.get(
    '/v1/contracts/:kind/:name',
    {
      schema: {
        operationId: 'getContract',
        summary: 'Read the latest revision of a contract; its ETag is its digest',
        tags: TAGS,
        params: CONTRACT_PARAMS,
        response: { 200: REVISION_VIEW },
      },
      config: { ...config, etag: true },
    },
    async (request, reply): Promise<RevisionView> => {
      const held = await findHeld(store, request, request.params)
      const { document } = held
      const latest = latestOf(held)
      void reply.header('etag', etagOf(latest.digest))
      return { ...latest, document }
    },
  )
}

function addRevisions(app: App, { store }: ContractRouteParts): void {
  const config = { permission: 'contracts.read' } as const
  app.get(
    '/v1/contracts/:kind/:name/revisions',
    {
      schema: {
        operationId: 'listRevisions',
        summary: 'List the revisions of a contract, newest first',
        tags: TAGS,
        params: CONTRACT_PARAMS,
        querystring: REVISIONS_QUERY,
        response: { 200: REVISION_PAGE },
      },
      config,
    },
    async (request) => revisionPage(await findHeld(store, request, request.params), request.query),
  )

  app.get(
    '/v1/contracts/:kind/:name/revisions/:digest',
    {
      schema: {
        operationId: 'getRevision',
        summary: 'Read one revision of a contract',
        tags: TAGS,
        params: REVISION_PARAMS,
        response: { 200: REVISION_VIEW },
      },
      config,
    },
    async (request) => {
      await findHeld(store, request, request.params)
      return await heldRevision(store, request.params)
    },
  )

  app.get(
    '/v1/contracts/:kind/:name/compare',
    {
      schema: {
        operationId: 'compareRevisions',
        summary: 'Say what changes from one revision to another, and what that means',
        tags: TAGS,
        params: CONTRACT_PARAMS,
        querystring: COMPARE_QUERY,
        response: { 200: COMPARISON },
      },
      config,
    },
    async (request) => {
      const { params, query } = request
      const held = await findHeld(store, request, params)
      const to = query.to ?? latestOf(held).digest
      const before = await heldRevision(store, { ...params, digest: query.from })
      return compareRevisions(before, await heldRevision(store, { ...params, digest: to }))
    },
  )
}

function addPlanning(app: App, { store }: ContractRouteParts): void {
  app.post(
    '/v1/contracts/:kind/:name/plan',
    {
      schema: {
        operationId: 'planContract',
        summary: 'Compile a held contract to its plan, running none of it',
        tags: TAGS,
        params: CONTRACT_PARAMS,
        body: PLAN_REQUEST,
        response: { 200: PLAN_REPLY },
      },
      config: { permission: 'contracts.read' },
    },
    async (request) => {
      const { goal, target, digest } = request.body
      const held = await findHeld(store, request, request.params)
      const revision = await heldRevision(store, {
        ...request.params,
        digest: digest ?? latestOf(held).digest,
      })
      const aim = target === undefined ? {} : { target }
      const { plan } = compileContract(readContract(revision.document), { goal, ...aim })
      return { digest: digestOf(checkPlan(plan)), plan }
    },
  )
}

function addApplying(app: App, { parts, index, store }: ContractRouteParts): void {
  app.post(
    '/v1/apply',
    {
      schema: {
        operationId: 'applyContracts',
        summary: 'Hold contracts from now on, or say what that would change',
        tags: TAGS,
        body: APPLY,
        response: { 200: APPLY_REPLY },
      },
      config: { permission: 'contracts.apply', ifMatch: true, etag: true },
    },
    async (request, reply) => {
      const { body, precondition } = request
      if (precondition !== undefined) assertOneDocument(body)
      const streams = await parts.ledger.streams()
      const rampsUnderWay = async (kind: string, name: string): Promise<readonly string[]> => {
        const open = rampsNamed(streams, name).filter(({ lastType }) => lastType !== 'ramp.ended')
        const ramps = await Promise.all(open.map(({ stream }) => index.summary(stream)))
        return ramps.flatMap((ramp) => (ramp?.contract.kind === kind ? [ramp.ramp] : []))
      }
      const applicant = {
        by: nameOf(whoAsks(request), body.by),
        assertMay: (contract: Resource): void => assertMayApply(request, contract),
        maySee: (contract: Resource): boolean => maySee(request, contract, 'contracts.read'),
        isOwner: (owner: string, contract: Resource): boolean =>
          isOwner(whoAsks(request), contract, owner, body),
      }
      const applied = await applyContracts(
        { store, rampsUnderWay },
        { ...body, precondition },
        applicant,
      )
      const [only] = applied.contracts
      const isHeld = only?.outcome !== 'proposed' && !applied.dryRun
      if (applied.contracts.length === 1 && only !== undefined && isHeld) {
        void reply.header('etag', etagOf(only.digest))
      }
      return applied
    },
  )
}

function assertMayApply(request: FastifyRequest, contract: Resource): void {
  // The same for what is held and what is not, so that nobody learns which by trying.
  const { kind, name } = contract
  assertMay(request, contract, () =>
    forbidden(whoAsks(request), 'contracts.apply', `${kind}/${name}`),
  )
}
