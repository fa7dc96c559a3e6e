/** The overview: what is moving, what is stuck and on whom, what broke, and what watches. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { RampSummary } from '../../server/wire.ts'
import {
  approvalsQuery,
  environmentsQuery,
  newestRampsQuery,
  proposalsQuery,
  underWayRampsQuery,
} from '../api/queries.ts'
import { useNowMs } from '../clock.ts'
import { ListEnd } from '../part/list-end.tsx'
import { Page, Panel } from '../part/panel.tsx'
import { Trouble, Waiting } from '../part/state-note.tsx'
import { Ago } from '../part/time.tsx'
import { EnvironmentsPanel } from './environments-panel.tsx'
import { FirstSteps } from './first-steps.tsx'
import { MovingPanel } from './moving-panel.tsx'
import { approvalsInTurn, type Picture, sortOut } from './sort-out.ts'
import { AttentionRow, StuckPanel } from './stuck-panel.tsx'
import { Tally } from './tally.tsx'

/** How many of each sort are shown here; the rest is a link away. */
const SHOWN_MAX = 8

/** The page. */
export function OverviewPage(): ReactNode {
  const newest = useQuery(newestRampsQuery)
  const environments = useInfiniteQuery(environmentsQuery)
  const approvals = approvalsInTurn(useInfiniteQuery(approvalsQuery).data ?? [])
  const proposals = useInfiniteQuery(proposalsQuery).data ?? []
  const underWay = useInfiniteQuery(underWayRampsQuery)
  const nowMs = useNowMs()
  // Half a picture would give an all-clear about what it does not show.
  const needed = [newest, environments, underWay]
  const failed = needed.find(({ isError, data }) => isError && data === undefined)
  if (failed !== undefined) {
    return (
      <Page title="Overview">
        <Trouble error={failed.error} what="The overview" onRetry={() => void failed.refetch()} />
      </Page>
    )
  }
  if (needed.some(({ data }) => data === undefined)) {
    return (
      <Page title="Overview">
        <Waiting lines={10} />
      </Page>
    )
  }
  const picture = sortOut({
    ramps: [...(newest.data?.ramps ?? []), ...(underWay.data ?? [])],
    environments: environments.data ?? [],
    nowMs,
  })
  if (picture.isEmpty) return <FirstSteps />
  return (
    <Page
      title="Overview"
      tab={tabOf(picture)}
      about={headlineOf(picture, approvals.length, proposals.length)}
    >
      <Tally picture={picture} approvals={approvals} />
      <ListEnd query={underWay} count={underWay.data?.length ?? 0} what="ramps under way" isAlone />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-5">
          <StuckPanel picture={picture} approvals={approvals} proposals={proposals} />
          <MovingPanel ramps={picture.moving.slice(0, SHOWN_MAX * 3)} />
          <BrokePanel ramps={picture.broke} />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <EnvironmentsPanel environments={environments.data ?? []} />
          <ListEnd
            query={environments}
            count={environments.data?.length ?? 0}
            what="environments"
            isAlone
          />
        </div>
      </div>
    </Page>
  )
}

function BrokePanel({ ramps }: { readonly ramps: readonly RampSummary[] }): ReactNode {
  const aside =
    ramps.length > SHOWN_MAX ? (
      <Link to="/ramps" search={{ show: 'broken' }} className="text-accent text-xs underline">
        All {ramps.length}
      </Link>
    ) : undefined
  return (
    <Panel title="Broke in the last day" id="broke" count={ramps.length} aside={aside} isFlush>
      {ramps.length === 0 ? (
        <p className="px-4 py-3 text-muted">Nothing was taken back or given up.</p>
      ) : (
        <ul className="divide-y divide-line">
          {ramps.slice(0, SHOWN_MAX).map((ramp) => (
            <AttentionRow
              key={ramp.ramp}
              tone="bad"
              word={ramp.outcome ?? ''}
              ramp={ramp.ramp}
              title={`${ramp.contract.name} ${ramp.goal}`}
              owner={ramp.owner}
              sentence={ramp.cause ?? 'Nobody said why.'}
              aside={<Ago atMs={ramp.endedAtMs ?? ramp.latestMs} />}
            />
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** The most important thing, in a sentence. */
function headlineOf(
  { stuck, promises, moving, watching }: Picture,
  approvals: number,
  proposals: number,
): string {
  const parts = [
    count(promises.length, 'promise is broken', 'promises are broken'),
    count(stuck.length, 'ramp waits for a person', 'ramps wait for a person'),
    count(approvals, 'approval is wanted', 'approvals are wanted'),
    count(proposals, 'change waits for its owners', 'changes wait for their owners'),
    count(moving.length, 'ramp is under way', 'ramps are under way'),
  ].filter((part) => part !== '')
  if (parts.length > 0) return `${parts.join(', ')}.`
  return watching.length === 0
    ? 'Nothing is under way, and nothing waits for anybody.'
    : 'Everything that is watched keeps its promises.'
}

function tabOf({ stuck, promises }: Picture): string {
  const wrong = stuck.length + promises.length
  return wrong === 0 ? 'Overview' : `(${wrong}) Overview`
}

function count(number: number, one: string, many: string): string {
  if (number === 0) return ''
  return number === 1 ? `1 ${one}` : `${number} ${many}`
}
