/** One stage: how it stands, what it waits for, and the evidence of every attempt to prove it. */
import { X } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { describeWait, type Wait, waitsOf } from '../../core/ramp/explain.ts'
import { stageNamed } from '../../core/ramp/state.ts'
import { answerKey, stageRows } from '../../core/telling/stage-rows.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { timesOf } from '../../core/why/stage-times.ts'
import { Button } from '../part/button.tsx'
import { Panel } from '../part/panel.tsx'
import { Pill } from '../part/tone.tsx'
import { attemptsOf } from './attempts.ts'
import { ConditionCard } from './condition-card.tsx'
import { RetryStage } from './retry-stage.tsx'
import { StandingPanel } from './standing-panel.tsx'
import type { Moment } from './use-ramp.ts'

/** The panel beside the views; without a stage it tells what the ramp as a whole waits for. */
export function StagePanel(props: {
  readonly moment: Moment
  readonly stage: string | undefined
  readonly onSelect: (stage: string | undefined) => void
}): ReactNode {
  const { moment, stage, onSelect } = props
  const view = stage === undefined ? undefined : stageNamed(moment.state, stage)
  if (view === undefined) return <StandingPanel moment={moment} onSelect={onSelect} />
  const { state, nowMs } = moment
  const row = stageRows(state, nowMs, moment.latest)[view.place]
  const time = timesOf(state, undefined, nowMs).stages[view.place]
  const owner = view.stage.owner
  return (
    <Panel
      title={view.stage.name}
      className="xl:sticky xl:top-5 xl:max-h-[calc(100dvh-2.5rem)] xl:overflow-y-auto"
      aside={
        <span className="flex items-center gap-1">
          <Pill tone={row?.mood ?? 'waiting'} word={row?.label ?? ''} />
          <Button
            weight="quiet"
            className="-mr-2 w-8 px-0"
            aria-label={`Close ${view.stage.name}`}
            onClick={() => onSelect(undefined)}
          >
            <X aria-hidden="true" size={15} />
          </Button>
        </span>
      }
    >
      <div className="flex flex-col gap-4">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
          <Fact name="Owner">{owner}</Fact>
          <Fact name="Attempt">
            {view.now.incarnation > 1 ? `${view.now.incarnation}, tried again` : undefined}
          </Fact>
          <Fact name="Gates took">{durationOf(time?.gatesMs)}</Fact>
          <Fact name="Command took">{durationOf(time?.commandMs)}</Fact>
          <Fact name="Proof took">{durationOf(time?.proofMs)}</Fact>
          <Fact name="Slack">
            {time?.isCritical === true ? 'none: on the critical path' : durationOf(time?.slackMs)}
          </Fact>
          <Fact name="Let in by">{time?.letInBy}</Fact>
          <Fact name="Deadline">{describeDuration(view.stage.deadlineMs)}</Fact>
          <Fact name="On a breach">{view.stage.onBreach}</Fact>
        </dl>
        {view.now.cause === undefined ? null : (
          <p className="rounded-md bg-bad-soft px-3 py-2 text-bad">{view.now.cause.sentence}</p>
        )}
        {moment.isNow ? <RetryStage state={state} stage={view.stage.name} /> : null}
        <Waits moment={moment} place={view.place} />
        <Conditions moment={moment} stage={view.stage.name} />
      </div>
    </Panel>
  )
}

function Fact(props: { readonly name: string; readonly children: ReactNode }): ReactNode {
  if (props.children === undefined) return null
  return (
    <>
      <dt className="text-muted">{props.name}</dt>
      <dd className="numbers min-w-0 break-words">{props.children}</dd>
    </>
  )
}

function Waits(props: { readonly moment: Moment; readonly place: number }): ReactNode {
  const { state, nowMs, latest } = props.moment
  const name = state.stages[props.place]?.name ?? ''
  const waits = waitsOf(state, props.place, nowMs).map((wait) => freshen(name, wait, latest))
  if (waits.length === 0) return null
  return (
    <div>
      <h3 className="mb-1 font-semibold text-[0.8125rem]">Waits for</h3>
      <ul className="flex list-disc flex-col gap-1 pl-4 marker:text-firm">
        {waits.map((wait) => {
          const sentence = describeWait(wait, nowMs).replace(/^waits for /, '')
          return <li key={keyOf(wait)}>{sentence}</li>
        })}
      </ul>
    </div>
  )
}

function Conditions(props: { readonly moment: Moment; readonly stage: string }): ReactNode {
  const { moment, stage } = props
  const attempts = useMemo(() => attemptsOf(moment.entries, stage), [moment.entries, stage])
  const view = stageNamed(moment.state, stage)
  if (view === undefined || view.placed.length === 0) {
    return <p className="text-muted">It asks nothing: its command alone proves it.</p>
  }
  return (
    <div className="flex flex-col gap-2">
      <h3 className="font-semibold text-[0.8125rem]">Proof</h3>
      <ul className="flex flex-col gap-2">
        {view.placed.map((placed, index) => (
          <ConditionCard
            key={placed.condition.name}
            placed={placed}
            now={view.now.conditions[index]}
            latest={moment.latest.get(answerKey(stage, placed.condition.name))}
            attempts={attempts.get(placed.condition.name) ?? []}
          />
        ))}
      </ul>
    </div>
  )
}

function freshen(stage: string, wait: Wait, latest: Moment['latest']): Wait {
  if (wait.on !== 'condition') return wait
  const answer = latest.get(answerKey(stage, wait.condition))
  return answer === undefined ? wait : { ...wait, lastAnswer: answer }
}

function keyOf(wait: Wait): string {
  if (wait.on === 'need') return `need ${wait.stage}`
  return wait.on === 'condition' ? `condition ${wait.condition}` : wait.on
}

function durationOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : describeDuration(ms)
}
