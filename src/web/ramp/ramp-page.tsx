/** One ramp: what it is about, where it stands and why, and everything that speaks for it. */
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { rampTitle } from '../../core/telling/ramp-title.ts'
import { Page } from '../part/panel.tsx'
import { toldOfState } from '../part/ramp-tone.ts'
import { Trouble, Waiting } from '../part/state-note.tsx'
import { type Tab, Tabs } from '../part/tabs.tsx'
import { CompareView } from './compare-view.tsx'
import { LogsView } from './logs-view.tsx'
import { MomentSlider } from './moment-slider.tsx'
import { RampActions } from './ramp-actions.tsx'
import { RampAnnouncer } from './ramp-announcer.tsx'
import { RampHeader } from './ramp-header.tsx'
import { StagePanel } from './stage-panel.tsx'
import { StoryView } from './story-view.tsx'
import { TimelineView } from './timeline-view.tsx'
import { hasTransitions } from './transition.ts'
import { TransitionView } from './transition-view.tsx'
import { type Moment, useMoment, useRamp } from './use-ramp.ts'
import { WhyView } from './why-view.tsx'

const GraphView = lazy(async () => ({ default: (await import('./graph-view.tsx')).GraphView }))

type ViewName = 'timeline' | 'graph' | 'hand-over' | 'story' | 'logs' | 'why' | 'compare'

const TABS: readonly Tab<ViewName>[] = [
  { name: 'timeline', title: 'Timeline' },
  { name: 'graph', title: 'Graph' },
  { name: 'hand-over', title: 'Hand-over' },
  { name: 'story', title: 'Story' },
  { name: 'logs', title: 'Logs' },
  { name: 'why', title: 'Why' },
  { name: 'compare', title: 'Compare' },
]

/** The page. */
export function RampPage(): ReactNode {
  const { ramp } = useParams({ from: '/ramps/$ramp' })
  const search = useSearch({ from: '/ramps/$ramp' })
  const { feed, picture } = useRamp(ramp)
  const at = search.at === undefined ? undefined : Number(search.at)
  const moment = useMoment(feed, picture, Number.isSafeInteger(at) ? at : undefined)
  if (moment === undefined) {
    const isRefused = picture.status === 'refused' || picture.status === 'notOffered'
    return (
      <Page title={ramp}>
        {isRefused ? (
          <Trouble error={picture.error} what={`The ramp ${ramp}`} />
        ) : (
          <Waiting lines={8} />
        )}
      </Page>
    )
  }
  return <RampAt moment={moment} />
}

function RampAt({ moment }: { readonly moment: Moment }): ReactNode {
  const search = useSearch({ from: '/ramps/$ramp' })
  const navigate = useNavigate({ from: '/ramps/$ramp' })
  const { state } = moment
  const { contract, goal } = state.plan
  const view = TABS.find(({ name }) => name === search.view)?.name ?? 'timeline'
  // A ramp that replaces nothing has no hand-over; whoever was sent a link to it is told so.
  const tabs = TABS.filter(
    ({ name }) => name !== 'hand-over' || view === name || hasTransitions(state),
  )
  const { word } = toldOfState(state)
  const select = (stage: string | undefined): void => {
    void navigate({ search: (old) => ({ ...old, stage }), replace: true, resetScroll: false })
  }
  return (
    <Page
      title={rampTitle(state.plan)}
      tab={`${word} · ${contract.name} ${goal}`}
      about={<RampHeader moment={moment} />}
      actions={moment.isNow ? <RampActions state={state} nowMs={moment.nowMs} /> : undefined}
    >
      <RampAnnouncer state={state} isNow={moment.isNow} />
      <MomentSlider moment={moment} />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_25rem]">
        <Tabs
          tabs={tabs}
          open={view}
          label="Views of the ramp"
          onOpen={(name) =>
            void navigate({ search: (old) => ({ ...old, view: name }), resetScroll: false })
          }
        >
          <Suspense fallback={<Waiting lines={6} />}>
            <View view={view} moment={moment} stage={search.stage} onSelect={select} />
          </Suspense>
        </Tabs>
        <StagePanel moment={moment} stage={search.stage} onSelect={select} />
      </div>
    </Page>
  )
}

function View(props: {
  readonly view: ViewName
  readonly moment: Moment
  readonly stage: string | undefined
  readonly onSelect: (stage: string | undefined) => void
}): ReactNode {
  const { view, moment, stage, onSelect } = props
  switch (view) {
    case 'graph':
      return <GraphView moment={moment} stage={stage} onSelect={onSelect} />
    case 'hand-over':
      return <TransitionView moment={moment} onSelect={onSelect} />
    case 'story':
      return <StoryView moment={moment} stage={stage} />
    case 'logs':
      return <LogsView state={moment.state} stage={stage} />
    case 'why':
      return <WhyView moment={moment} onSelect={onSelect} />
    case 'compare':
      return <CompareView moment={moment} onSelect={onSelect} />
    default:
      return <TimelineView moment={moment} stage={stage} onSelect={onSelect} />
  }
}
