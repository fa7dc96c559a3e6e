/** What pages ask for: one entry for each address that is read. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { IdentityView, PersonView, TokenView } from '../../server/wire/access.ts'
import type { AgentView, RegionView, ReplicaView } from '../../server/wire/agents.ts'
import type { ApprovalView } from '../../server/wire/approvals.ts'
import type {
  ComparisonView,
  ContractPage,
  ContractSummary,
  RevisionPage,
  RevisionSummary,
  RevisionView,
} from '../../server/wire/contracts.ts'
import type { LeaseList, PortStory } from '../../server/wire/ports.ts'
import type { ProposalDetail, ProposalPage, ProposalView } from '../../server/wire/proposals.ts'
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
import { ask, keepCsrfToken, type WebRequest } from './request.ts'

/** How many ramps are asked for at once. */
const RAMPS_A_PAGE = 250

/** How many of anything else are asked for at once, and how often at most. */
const ITEMS_A_PAGE = 500
const PAGES_MAX = 10

/** The same of what is small, and of which there is much. */
const MANY_A_PAGE = 5_000

/** How often is asked who has which port: processes begin and end without any entry. @unit ms */
const PORTS_POLL_MS = 2_000

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

export const environmentsQuery = queryOptions({
  queryKey: ['environments'],
  queryFn: ({ signal }) => askAll<EnvironmentView>('/v1/environments', signal),
  ...live,
})

/** The newest ramps. */
export const newestRampsQuery = queryOptions({
  queryKey: ['ramps', 'newest'],
  queryFn: ({ signal }) =>
    ask<RampPage>({ path: '/v1/ramps', query: { limit: RAMPS_A_PAGE }, signal }),
  ...live,
})

/** The ramps under way that do more than watch, however old they are and whichever replica runs them. */
export const underWayRampsQuery = queryOptions({
  queryKey: ['ramps', 'underWay'],
  queryFn: async ({ signal }): Promise<readonly RampSummary[]> => {
    const query = { phase: ['held', 'moving', 'undoing'] }
    const pages = await askPages<RampPage>('/v1/ramps', signal, ITEMS_A_PAGE, query)
    return pages.flatMap(({ ramps }) => ramps)
  },
  ...live,
})

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

export const approvalsQuery = queryOptions({
  queryKey: ['approvals'],
  queryFn: ({ signal }) => askAll<ApprovalView>('/v1/approvals', signal),
  ...live,
})

/** Changes of contracts that wait for owners, those that wait longest first. */
export const proposalsQuery = queryOptions({
  queryKey: ['proposals'],
  queryFn: async ({ signal }): Promise<ProposalPage> => ({
    proposals: await askAll<ProposalView>('/v1/proposals', signal),
  }),
  ...live,
})

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

export const contractsQuery = queryOptions({
  queryKey: ['contracts'],
  queryFn: async ({ signal }): Promise<ContractPage> => ({
    contracts: await askAll<ContractSummary>('/v1/contracts', signal),
  }),
  ...live,
})

/** Which contract. */
export interface ContractName {
  readonly kind: string
  readonly name: string
}

/** The revisions of a contract, newest first. */
export function revisionsQuery(contract: ContractName) {
  return queryOptions({
    queryKey: ['revisions', contract],
    queryFn: async ({ signal }): Promise<RevisionPage> => ({
      revisions: await askAll<RevisionSummary>(`${contractPath(contract)}/revisions`, signal),
    }),
    ...live,
  })
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

/** Every lease of a port. */
export const portsQuery = queryOptions({
  queryKey: ['ports'],
  queryFn: async ({ signal }): Promise<LeaseList> => {
    const [first, ...more] = await askPages<LeaseList>('/v1/ports', signal, MANY_A_PAGE)
    const leases = [first, ...more].flatMap((page) => page?.leases ?? [])
    return { index: 0, ...first, leases }
  },
  ...live,
  refetchInterval: ({ state: { data } }) =>
    data !== undefined && data.leases.length >= MANY_LEASES ? MANY_PORTS_POLL_MS : PORTS_POLL_MS,
})

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

/** The latest deliveries. */
export const deliveriesQuery = queryOptions({
  queryKey: ['deliveries'],
  queryFn: async ({ signal }) =>
    listIn<DeliveryView>(await ask({ path: '/v1/deliveries', signal })),
  ...live,
})

/** The newest that could not be delivered: among the latest of all they would be lost from sight. */
export const deadLettersQuery = queryOptions({
  queryKey: ['deliveries', 'dead'],
  queryFn: ({ signal }) =>
    ask<DeliveryPage>({
      path: '/v1/deliveries',
      query: { status: 'dead', limit: ITEMS_A_PAGE },
      signal,
    }),
  ...live,
})

function listQuery<Item>(name: string) {
  return queryOptions({
    queryKey: [name],
    queryFn: ({ signal }) => askAll<Item>(`/v1/${name}`, signal),
    ...live,
  })
}

/** A whole list, as far as anybody reads. */
async function askAll<Item>(
  path: string,
  signal: AbortSignal,
  limit = ITEMS_A_PAGE,
): Promise<readonly Item[]> {
  return (await askPages(path, signal, limit)).flatMap((page) => listIn<Item>(page))
}

/** A list page by page; of one that is longer than anybody reads, its beginning. */
async function askPages<Page extends { readonly next?: string }>(
  path: string,
  signal: AbortSignal,
  limit: number,
  query: WebRequest['query'] = {},
): Promise<readonly Page[]> {
  const pages: Page[] = []
  let cursor: string | undefined
  do {
    const page = await ask<Page>({ path, query: { ...query, limit, cursor }, signal })
    pages.push(page)
    cursor = page.next
  } while (cursor !== undefined && pages.length < PAGES_MAX)
  return pages
}

/** The one list of a page. */
function listIn<Item>(reply: unknown): readonly Item[] {
  const found = Object.values((reply ?? {}) as object).find((member) => Array.isArray(member))
  return (found ?? []) as Item[]
}

function contractPath({ kind, name }: ContractName): string {
  return `/v1/contracts/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`
}
