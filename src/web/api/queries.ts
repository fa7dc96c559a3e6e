/** What pages ask for: one entry for each address that is read. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { IdentityView, PersonView, TokenView } from '../../server/wire/access.ts'
import type { AgentView, RegionView, ReplicaView } from '../../server/wire/agents.ts'
import type { ApprovalView } from '../../server/wire/approvals.ts'
import type {
  ComparisonView,
  ContractSummary,
  RevisionPage,
  RevisionSummary,
  RevisionView,
} from '../../server/wire/contracts.ts'
import type { LeaseList, PortStory } from '../../server/wire/ports.ts'
import type { ProposalDetail, ProposalView } from '../../server/wire/proposals.ts'
import type { ScanConflict, ScanSummary, ScanView } from '../../server/wire/scans.ts'
import type { DeliveryPage, DeliveryView, WebhookView } from '../../server/wire/webhooks.ts'
import type {
  CircumstanceReply,
  DaemonView,
  EnvironmentView,
  LedgerPage,
  RampPage,
  RampSummary,
  RampView,
  Verification,
} from '../../server/wire.ts'
import { followServerTime } from '../clock.ts'
import { pollMs } from './liveness.ts'
import { itemsOf, longList, pagesOf, type ReadSoFar } from './long-list.ts'
import { ask, keepCsrfToken } from './request.ts'

/** How many ramps are asked for at once. */
const RAMPS_A_PAGE = 250

/** How many ramps are asked for by what somebody types: more than a dialog shows. */
const RAMPS_FOUND = 20

/** How many are asked for at once of what is small, and of which there is much. */
const MANY_A_PAGE = 5_000

/** How often is asked who has which port: processes begin and end without any entry. @unit ms */
const PORTS_POLL_MS = 2_000

/** So many of the latest deliveries are read at once. */
const DELIVERIES_A_PAGE = 100

/** From so many leases on a list is megabytes, and is asked for less often. */
const MANY_LEASES = 2_000
const MANY_PORTS_POLL_MS = 10_000

const live = { meta: { isLive: true }, refetchInterval: pollMs }

/** How one may sign in. */
export const signInWaysQuery = queryOptions({
  queryKey: ['sign-in'],
  queryFn: ({ signal }) =>
    ask<{ readonly browser: boolean; readonly token: boolean }>({ path: '/v1/auth', signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** Who is asking. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => {
    const me = await ask<IdentityView>({ path: '/v1/me', signal })
    keepCsrfToken(me.csrfToken)
    return me
  },
  staleTime: 60_000,
})

export const daemonQuery = queryOptions({
  queryKey: ['daemon'],
  queryFn: async ({ signal }) => {
    const daemon = await ask<DaemonView>({ path: '/v1/daemon', signal })
    followServerTime(daemon.nowMs)
    return daemon
  },
  ...live,
})

export const environmentsQuery = listQuery<EnvironmentView>('environments')

/** The newest ramps. */
export const newestRampsQuery = queryOptions({
  queryKey: ['ramps', 'newest'],
  queryFn: ({ signal }) =>
    ask<RampPage>({ path: '/v1/ramps', query: { limit: RAMPS_A_PAGE }, signal }),
  ...live,
})

/** The ramps under way that do more than watch, however old they are and whichever replica runs them. */
export const underWayRampsQuery = {
  ...longList<RampPage, readonly RampSummary[]>({
    queryKey: ['ramps', 'underWay'],
    path: '/v1/ramps',
    query: { phase: ['held', 'moving', 'undoing'] },
    select: itemsOf,
  }),
  ...live,
}

/** All ramps, page by page. */
export const rampsQuery = infiniteQueryOptions({
  queryKey: ['ramps', 'all'],
  queryFn: ({ pageParam, signal }) =>
    ask<RampPage>({
      path: '/v1/ramps',
      query: { limit: RAMPS_A_PAGE, cursor: pageParam || undefined },
      signal,
    }),
  initialPageParam: '',
  getNextPageParam: (page) => page.next,
})

/** The newest of all ramps that are called so, as far back as there are any. */
export function foundRampsQuery(text: string) {
  const find = text.trim()
  return queryOptions({
    queryKey: ['ramps', 'find', find],
    queryFn: ({ signal }) =>
      ask<RampPage>({ path: '/v1/ramps', query: { find, limit: RAMPS_FOUND }, signal }),
    enabled: find !== '',
    placeholderData: keepPreviousData,
  })
}

/** A ramp as it stands. */
export function rampQuery(ramp: string) {
  return queryOptions({
    queryKey: ['ramp', ramp],
    queryFn: async ({ signal }) => {
      const path = `/v1/ramps/${encodeURIComponent(ramp)}`
      const view = await ask<RampView>({ path, signal })
      followServerTime(view.nowMs)
      return view
    },
    ...live,
    refetchInterval: (query) => (query.state.data?.state.ended === undefined ? pollMs() : false),
  })
}

/** What a ramp ran among. */
export function circumstancesQuery(ramp: string) {
  return queryOptions({
    queryKey: ['circumstances', ramp],
    queryFn: ({ signal }) =>
      ask<CircumstanceReply>({
        path: `/v1/ramps/${encodeURIComponent(ramp)}/circumstances`,
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export const approvalsQuery = listQuery<ApprovalView>('approvals')

/** Changes of contracts that wait for owners, those that wait longest first. */
export const proposalsQuery = listQuery<ProposalView>('proposals')

/** What a proposal would change. */
export function proposalQuery(proposal: ProposalName) {
  return queryOptions({
    queryKey: ['proposal', proposal.proposal],
    queryFn: ({ signal }) => ask<ProposalDetail>({ path: proposalPath(proposal), signal }),
  })
}

/** Which proposal. */
export type ProposalName = Pick<ProposalView, 'kind' | 'name' | 'proposal'>

/** Its address. */
export function proposalPath({ proposal, ...contract }: ProposalName): string {
  return `${contractPath(contract)}/proposals/${encodeURIComponent(proposal)}`
}

export const contractsQuery = listQuery<ContractSummary>('contracts')

/** Which contract. */
export interface ContractName {
  readonly kind: string
  readonly name: string
}

/** The revisions of a contract, newest first. */
export function revisionsQuery(contract: ContractName) {
  return {
    ...longList<RevisionPage, readonly RevisionSummary[]>({
      queryKey: ['revisions', contract],
      path: `${contractPath(contract)}/revisions`,
      select: itemsOf,
    }),
    ...live,
  }
}

/** One revision, whole. */
export function revisionQuery(contract: ContractName, digest: string) {
  return queryOptions({
    queryKey: ['revision', contract, digest],
    queryFn: ({ signal }) =>
      ask<RevisionView>({
        path: `${contractPath(contract)}/revisions/${encodeURIComponent(digest)}`,
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** What changes between two revisions. */
export function comparisonQuery(contract: ContractName, from: string, to: string) {
  return queryOptions({
    queryKey: ['compare', contract, from, to],
    queryFn: ({ signal }) =>
      ask<ComparisonView>({
        path: `${contractPath(contract)}/compare`,
        query: { from, to },
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** How many entries the ledger has. */
export const ledgerEndQuery = queryOptions({
  queryKey: ['ledger', 'end'],
  queryFn: async ({ signal }): Promise<number> => {
    const page = await ask<LedgerPage>({ path: '/v1/ledger/entries', query: { limit: 1 }, signal })
    return page.end
  },
  ...live,
})

/** Entries of the whole ledger. */
export function ledgerQuery(after: number, limit: number) {
  return queryOptions({
    queryKey: ['ledger', after, limit],
    queryFn: ({ signal }) =>
      ask<LedgerPage>({ path: '/v1/ledger/entries', query: { after, limit }, signal }),
    placeholderData: keepPreviousData,
  })
}

export const verificationQuery = queryOptions({
  queryKey: ['verify'],
  queryFn: ({ signal }) => ask<Verification>({ path: '/v1/ledger/verify', signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** Every lease of a port, with what else the first page tells. */
export const portsQuery = {
  ...longList({
    queryKey: ['ports'],
    path: '/v1/ports',
    itemsAPage: MANY_A_PAGE,
    select: leaseListOf,
  }),
  meta: live.meta,
  refetchInterval: ({ state: { data } }: { state: { data?: ReadSoFar<LeaseList> | undefined } }) =>
    data !== undefined && leaseListOf(data).leases.length >= MANY_LEASES
      ? MANY_PORTS_POLL_MS
      : PORTS_POLL_MS,
}

/** All that is known of one port. */
export function portStoryQuery(port: number) {
  return queryOptions({
    queryKey: ['port', port],
    queryFn: ({ signal }) => ask<PortStory>({ path: `/v1/ports/${port}`, signal }),
    ...live,
    refetchInterval: PORTS_POLL_MS,
  })
}

export const scansQuery = listQuery<ScanSummary>('scans')
export const scanConflictsQuery = listQuery<ScanConflict>('scan-conflicts')

/** What a scan of one repository has found. */
export function scanQuery(name: string) {
  return queryOptions({
    queryKey: ['scan', name],
    queryFn: ({ signal }) =>
      ask<ScanView>({ path: `/v1/scans/${encodeURIComponent(name)}`, signal }),
    ...live,
  })
}

export const regionsQuery = listQuery<RegionView>('regions')
export const agentsQuery = listQuery<AgentView>('agents')
export const replicasQuery = listQuery<ReplicaView>('replicas')
export const tokensQuery = listQuery<TokenView>('tokens')
export const peopleQuery = listQuery<PersonView>('people')
export const webhooksQuery = listQuery<WebhookView>('webhooks')

/** The latest deliveries; older ones for whoever reads on. */
export const deliveriesQuery = {
  ...longList<DeliveryPage, readonly DeliveryView[]>({
    queryKey: ['deliveries'],
    path: '/v1/deliveries',
    itemsAPage: DELIVERIES_A_PAGE,
    pagesAtOnce: 1,
    select: itemsOf,
  }),
  ...live,
}

/** The newest that could not be delivered: among the latest of all they would be lost from sight. */
export const deadLettersQuery = {
  ...longList<DeliveryPage, readonly DeliveryView[]>({
    queryKey: ['deliveries', 'dead'],
    path: '/v1/deliveries',
    query: { status: 'dead' },
    pagesAtOnce: 1,
    select: itemsOf,
  }),
  ...live,
}

function listQuery<Item>(name: string) {
  return {
    ...longList<{ readonly next?: string }, readonly Item[]>({
      queryKey: [name],
      path: `/v1/${name}`,
      select: itemsOf,
    }),
    ...live,
  }
}

function leaseListOf(read: ReadSoFar<LeaseList>): LeaseList {
  const pages = pagesOf(read)
  const leases = pages.flatMap((page) => page.leases)
  return { index: 0, ...pages[0], leases }
}

function contractPath({ kind, name }: ContractName): string {
  return `/v1/contracts/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`
}
