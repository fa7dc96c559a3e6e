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
  RevisionView,
} from '../../server/wire/contracts.ts'
import type { LeaseList, PortStory } from '../../server/wire/ports.ts'
import type { ProposalDetail, ProposalPage, ProposalView } from '../../server/wire/proposals.ts'
import type { DeliveryView, WebhookView } from '../../server/wire/webhooks.ts'
import type {
  CircumstanceReply,
  DaemonView,
  EntryPage,
  EnvironmentView,
  RampPage,
  RampView,
  StreamSummary,
  Verification,
} from '../../server/wire.ts'
import { followServerTime } from '../clock.ts'
import { pollMs } from './liveness.ts'
import { ask, keepCsrfToken } from './request.ts'

/** How many ramps are asked for at once. */
const RAMPS_A_PAGE = 250

/** How many of anything else are asked for at once, and at most. */
const ITEMS_A_PAGE = 500
const ITEMS_MAX = 5_000

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
  queryFn: ({ signal }) => ask<readonly EnvironmentView[]>({ path: '/v1/environments', signal }),
  ...live,
})

/** The newest ramps. */
export const newestRampsQuery = queryOptions({
  queryKey: ['ramps', 'newest'],
  queryFn: ({ signal }) =>
    ask<RampPage>({ path: '/v1/ramps', query: { limit: RAMPS_A_PAGE }, signal }),
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
    queryFn: ({ signal }) =>
      ask<RevisionPage>({ path: `${contractPath(contract)}/revisions`, signal }),
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

export const streamsQuery = queryOptions({
  queryKey: ['streams'],
  queryFn: ({ signal }) => ask<readonly StreamSummary[]>({ path: '/v1/ledger/streams', signal }),
  ...live,
})

/** Entries of the whole ledger. */
export function ledgerQuery(after: number, limit: number) {
  return queryOptions({
    queryKey: ['ledger', after, limit],
    queryFn: ({ signal }) =>
      ask<EntryPage>({ path: '/v1/ledger/entries', query: { after, limit }, signal }),
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
  queryFn: ({ signal }) => ask<LeaseList>({ path: '/v1/ports', signal }),
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

function listQuery<Item>(name: string) {
  return queryOptions({
    queryKey: [name],
    queryFn: ({ signal }) => askAll<Item>(`/v1/${name}`, signal),
    ...live,
  })
}

/** A whole list, page by page; of one that is longer than anybody reads, its beginning. */
async function askAll<Item>(path: string, signal: AbortSignal): Promise<readonly Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const query = { limit: ITEMS_A_PAGE, cursor }
    const reply = await ask<{ readonly next?: string }>({ path, query, signal })
    items.push(...listIn<Item>(reply))
    cursor = reply.next
  } while (cursor !== undefined && items.length < ITEMS_MAX)
  return items
}

/** A list, by itself or as the one list of a page. */
function listIn<Item>(reply: unknown): readonly Item[] {
  if (Array.isArray(reply)) return reply as Item[]
  const found = Object.values((reply ?? {}) as object).find((member) => Array.isArray(member))
  return (found ?? []) as Item[]
}

function contractPath({ kind, name }: ContractName): string {
  return `/v1/contracts/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`
}
