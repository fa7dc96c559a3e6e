/** Every ramp, newest first, by how it is doing and by name. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { ToggleGroup } from 'radix-ui'
import { type ReactNode, useDeferredValue, useMemo } from 'react'
import type { RampSummary } from '../../server/wire.ts'
import { newestRampsQuery, rampsQuery } from '../api/queries.ts'
import { SearchField } from '../part/field.tsx'
import { Page } from '../part/panel.tsx'
import { RAMP_ROW_HEIGHT, RampRow } from '../part/ramp-row.tsx'
import { hasBroken } from '../part/ramp-tone.ts'
import { Copyable } from '../part/short-text.tsx'
import { Empty, Trouble, Waiting } from '../part/state-note.tsx'
import { WindowList } from '../part/window-list.tsx'

const SHOWN: Readonly<Record<string, (ramp: RampSummary) => boolean>> = {
  all: () => true,
  moving: ({ phase }) => phase === 'moving' || phase === 'undoing',
  held: ({ phase }) => phase === 'held',
  watching: ({ phase }) => phase === 'watching',
  broken: hasBroken,
  reached: ({ phase, outcome }) => phase === 'ended' && outcome === 'reached',
}

/** The list of ramps. */
export function RampsPage(): ReactNode {
  const { show = 'all', find = '' } = useSearch({ from: '/ramps' })
  const navigate = useNavigate({ from: '/ramps' })
  const { query, ramps } = useAllRamps()
  const wanted = useDeferredValue(find.trim().toLowerCase())
  const shown = useMemo(() => {
    const isShown = SHOWN[show] ?? (() => true)
    return ramps.filter((ramp) => isShown(ramp) && textOf(ramp).includes(wanted))
  }, [ramps, show, wanted])
  const isFiltered = show !== 'all' || find !== ''
  const more = query.hasNextPage && !query.isFetchingNextPage
  return (
    <Page title="Ramps" about="Every way up, down and watch, newest first.">
      <div className="flex flex-wrap items-center gap-3">
        <SearchField
          label="Filter by contract, ramp, person or cause"
          placeholder="Contract, ramp, person or cause"
          value={find}
          onChange={(text) =>
            void navigate({
              search: (old) => ({ ...old, find: text || undefined }),
              replace: true,
            })
          }
        />
        <Filter
          shown={show}
          onShow={(name) => void navigate({ search: (old) => ({ ...old, show: name }) })}
        />
        <span className="numbers text-muted text-xs" role="status">
          {shown.length}
          {query.hasNextPage ? ' so far' : ''} of {ramps.length}
        </span>
      </div>
      <div className="rounded-lg border border-line bg-panel">
        {query.isPending ? <Waiting lines={8} /> : null}
        {query.isError && ramps.length === 0 ? (
          <Trouble
            error={query.error}
            what="The list of ramps"
            onRetry={() => void query.refetch()}
          />
        ) : null}
        {query.isSuccess && shown.length === 0 && !query.hasNextPage ? (
          <NoRamps isFiltered={isFiltered} />
        ) : null}
        <WindowList
          items={shown}
          rowHeight={RAMP_ROW_HEIGHT}
          label="Ramps"
          keyOf={({ ramp }) => ramp}
          onEnd={more ? () => void query.fetchNextPage() : undefined}
        >
          {(ramp) => <RampRow ramp={ramp} />}
        </WindowList>
      </div>
    </Page>
  )
}

/** All pages read so far, with the newest ramps as they are now. */
function useAllRamps() {
  const query = useInfiniteQuery(rampsQuery)
  const { data: newest } = useQuery(newestRampsQuery)
  const ramps = useMemo(() => {
    const byId = new Map<string, RampSummary>()
    for (const ramp of newest?.ramps ?? []) byId.set(ramp.ramp, ramp)
    for (const page of query.data?.pages ?? []) {
      for (const ramp of page.ramps) if (!byId.has(ramp.ramp)) byId.set(ramp.ramp, ramp)
    }
    return [...byId.values()]
  }, [newest, query.data])
  return { query, ramps }
}

function Filter(props: {
  readonly shown: string
  readonly onShow: (name: string) => void
}): ReactNode {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label="Which ramps"
      value={props.shown}
      onValueChange={(name) => props.onShow(name === '' ? 'all' : name)}
      className="flex flex-wrap rounded-md border border-firm bg-panel p-0.5"
    >
      {Object.keys(SHOWN).map((name) => (
        <ToggleGroup.Item
          key={name}
          value={name}
          className="h-6.5 rounded px-2.5 text-muted text-xs capitalize hover:text-ink data-[state=on]:bg-accent-soft data-[state=on]:font-medium data-[state=on]:text-accent"
        >
          {name}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}

function NoRamps({ isFiltered }: { readonly isFiltered: boolean }): ReactNode {
  if (isFiltered) {
    return <Empty title="No ramp is like that.">Ask for all of them, or for another name.</Empty>
  }
  return (
    <Empty title="Nothing has been ramped yet.">
      <p>In a folder with a contract, bring it up:</p>
      <p className="mt-2">
        <Copyable text="rampart up" label="the command" />
      </p>
    </Empty>
  )
}

function textOf({ ramp, contract, by, cause = '' }: RampSummary): string {
  return `${ramp} ${contract.kind}/${contract.name} ${by} ${cause}`.toLowerCase()
}
