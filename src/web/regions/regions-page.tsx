/** Regions with the agents that work there, and the replicas that serve. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AgentView, RegionView, ReplicaView } from '../../server/wire/agents.ts'
import { agentsQuery, regionsQuery, replicasQuery } from '../api/queries.ts'
import { ListEnd } from '../part/list-end.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Page, Panel } from '../part/panel.tsx'
import { Copyable } from '../part/short-text.tsx'
import { Empty } from '../part/state-note.tsx'
import { Ago } from '../part/time.tsx'
import { Mark } from '../part/tone.tsx'

/** The page. */
export function RegionsPage(): ReactNode {
  const regions = useInfiniteQuery(regionsQuery)
  const agents = useInfiniteQuery(agentsQuery)
  const replicas = useInfiniteQuery(replicasQuery)
  return (
    <Page
      title="Regions"
      about="Where components live, and who asks and commands there. An agent that is cut off finishes nothing alone."
    >
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Panel title="Regions" count={regions.data?.length} hasMore={regions.hasNextPage} isFlush>
          <Loaded query={regions} what="The list of regions">
            {(found) => <RegionList regions={found} />}
          </Loaded>
          <ListEnd query={regions} count={regions.data?.length ?? 0} what="regions" />
        </Panel>
        <Panel title="Agents" count={agents.data?.length} hasMore={agents.hasNextPage} isFlush>
          <Loaded query={agents} what="The list of agents">
            {(found) => <AgentList agents={found} />}
          </Loaded>
          <ListEnd query={agents} count={agents.data?.length ?? 0} what="agents" />
        </Panel>
        <Panel
          title="Replicas"
          count={replicas.data?.length}
          hasMore={replicas.hasNextPage}
          isFlush
        >
          <Loaded query={replicas} what="The list of replicas">
            {(found) => <ReplicaList replicas={found} />}
          </Loaded>
          <ListEnd query={replicas} count={replicas.data?.length ?? 0} what="replicas" />
        </Panel>
      </div>
    </Page>
  )
}

function RegionList({ regions }: { readonly regions: readonly RegionView[] }): ReactNode {
  if (regions.length === 0) {
    return (
      <Empty title="No region has an agent, or a ramp.">
        <p>Where components live elsewhere, an agent is started beside them:</p>
        <p className="mt-2">
          <Copyable text="rampart agent --region eu --server URL" label="the command" />
        </p>
      </Empty>
    )
  }
  return (
    <ul className="divide-y divide-line">
      {regions.map(({ region, agents, ramps }) => {
        const connected = agents.filter(({ status }) => status === 'connected').length
        return (
          <li key={region} className="flex items-start gap-3 px-4 py-2.5">
            <span className="pt-0.5">
              <Mark tone={agents.length === 0 ? 'waiting' : connected > 0 ? 'good' : 'bad'} />
            </span>
            <div className="min-w-0">
              <p className="font-medium">{region}</p>
              <p className="text-muted text-xs">
                {agents.length === 0
                  ? 'served by the server itself'
                  : `${connected} of ${agents.length} agents connected`}
              </p>
              {ramps.map((ramp) => (
                <Link
                  key={ramp}
                  to="/ramps/$ramp"
                  params={{ ramp }}
                  data-row=""
                  className="block truncate text-accent text-xs hover:underline"
                >
                  {ramp}
                </Link>
              ))}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

function AgentList({ agents }: { readonly agents: readonly AgentView[] }): ReactNode {
  if (agents.length === 0) {
    return (
      <Empty title="No agent is connected.">The server asks and commands everything itself.</Empty>
    )
  }
  return (
    <ul className="divide-y divide-line">
      {agents.map((agent) => {
        const isLost = agent.status === 'lost'
        return (
          <li key={agent.name} className="flex items-start gap-3 px-4 py-2.5">
            <span className="pt-0.5">
              <Mark tone={isLost ? 'bad' : 'good'} />
            </span>
            <div className="min-w-0 grow">
              <p>
                <span className="font-medium">{agent.name}</span>{' '}
                <span className="text-muted">in {agent.region}</span>
              </p>
              <p className="text-muted text-xs">
                {isLost ? 'lost' : 'connected'}
                {isLost ? (
                  <>
                    {' '}
                    since <Ago atMs={agent.lastSeenAtMs} />: what it asks is inconclusive, and
                    passes nothing
                  </>
                ) : (
                  <>
                    {' '}
                    since <Ago atMs={agent.sinceMs} />
                  </>
                )}
                , version {agent.version}
                {agent.certificate === undefined ? null : (
                  <>
                    , certificate until <Ago atMs={agent.certificate.untilMs} />
                  </>
                )}
              </p>
            </div>
            <p className="numbers whitespace-nowrap text-right text-muted text-xs">
              {agent.busyWith} at work
              {agent.roundTripMs === undefined ? null : (
                <span className="block">{Math.round(agent.roundTripMs)} ms there and back</span>
              )}
            </p>
          </li>
        )
      })}
    </ul>
  )
}

function ReplicaList({ replicas }: { readonly replicas: readonly ReplicaView[] }): ReactNode {
  if (replicas.length === 0) {
    return <Empty title="One process serves alone.">Several need a PostgreSQL between them.</Empty>
  }
  return (
    <ul className="divide-y divide-line">
      {replicas.map((replica) => (
        <li key={replica.name} className="flex items-baseline justify-between gap-4 px-4 py-2.5">
          <span className="min-w-0 truncate font-medium">{replica.name}</span>
          <span className="numbers whitespace-nowrap text-muted text-xs">
            {replica.leases} {replica.leases === 1 ? 'lease' : 'leases'}, version {replica.version},
            seen <Ago atMs={replica.lastSeenAtMs} />
          </span>
        </li>
      ))}
    </ul>
  )
}
