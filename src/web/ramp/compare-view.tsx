/** The ramp beside an earlier one of the same contract: stage by stage, and what differs in their plans. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { comparePlans, type PlanChange } from '../../core/plan/compare-plans.ts'
import type { RampState } from '../../core/ramp/state.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { timesOf } from '../../core/why/stage-times.ts'
import { rampQuery } from '../api/queries.ts'
import { SelectField } from '../part/field.tsx'
import { Loaded } from '../part/loaded.tsx'
import { toldOfSummary } from '../part/ramp-tone.ts'
import { Empty } from '../part/state-note.tsx'
import { exactUtc } from '../part/time.tsx'
import { useEarlier } from './earlier.ts'
import { LeadTimes } from './lead-times.tsx'
import type { Moment } from './use-ramp.ts'

/** Less than this is noise. @unit ms */
const NOISE_MS = 50

/** Draws it. */
export function CompareView(props: {
  readonly moment: Moment
  readonly onSelect: (stage: string) => void
}): ReactNode {
  const { moment, onSelect } = props
  const { state } = moment
  const { with: chosen } = useSearch({ from: '/ramps/$ramp' })
  const navigate = useNavigate({ from: '/ramps/$ramp' })
  const earlier = useEarlier(state)
  const other =
    chosen ?? earlier.find(({ outcome }) => outcome === 'reached')?.ramp ?? earlier[0]?.ramp
  if (other === undefined) {
    return (
      <div className="rounded-lg border border-line bg-panel">
        <Empty title="There is no earlier run of this.">
          The next {state.plan.goal} of {state.plan.contract.name} can be put beside this one.
        </Empty>
      </div>
    )
  }
  const known = earlier.some(({ ramp }) => ramp === other)
  const options = earlier.map((ramp) => ({
    value: ramp.ramp,
    text: `${ramp.ramp}, ${toldOfSummary(ramp).word}, ${exactUtc(ramp.openedAtMs).slice(0, 16)} UTC`,
  }))
  return (
    <div className="flex flex-col gap-4">
      <div className="max-w-lg">
        <SelectField
          label="Beside"
          value={other}
          options={known ? options : [{ value: other, text: other }, ...options]}
          onChange={(event) =>
            void navigate({
              search: (old) => ({ ...old, with: event.target.value }),
              replace: true,
              resetScroll: false,
            })
          }
        />
      </div>
      <Beside moment={moment} other={other} onSelect={onSelect} />
      <LeadTimes runs={[...earlier].reverse()} now={state} />
    </div>
  )
}

function Beside(props: {
  readonly moment: Moment
  readonly other: string
  readonly onSelect: (stage: string) => void
}): ReactNode {
  const { moment, other, onSelect } = props
  const query = useQuery(rampQuery(other))
  return (
    <Loaded query={query} what={`The ramp ${other}`} lines={6}>
      {({ state }) => (
        <>
          <StagesBeside
            one={moment.state}
            oneNowMs={moment.nowMs}
            other={state}
            onSelect={onSelect}
          />
          <PlanChanges changes={comparePlans(state.plan, moment.state.plan)} />
        </>
      )}
    </Loaded>
  )
}

function StagesBeside(props: {
  readonly one: RampState
  readonly oneNowMs: number
  readonly other: RampState
  readonly onSelect: (stage: string) => void
}): ReactNode {
  const { one, oneNowMs, other, onSelect } = props
  const mine = timesOf(one, undefined, one.ended?.atMs ?? oneNowMs)
  const theirs = new Map(timesOf(other).stages.map((stage) => [stage.name, stage]))
  const longestMs = Math.max(
    1,
    ...mine.stages.map(({ ownMs = 0 }) => ownMs),
    ...[...theirs.values()].map(({ ownMs = 0 }) => ownMs),
  )
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-panel">
      <table className="w-full text-left">
        <caption className="sr-only">Stages of both ramps side by side</caption>
        <thead className="text-muted text-xs">
          <tr className="border-line border-b [&>th]:px-4 [&>th]:py-2 [&>th]:font-normal">
            <th>Stage</th>
            <th className="w-1/3">
              <span className="text-accent">This</span>, and {other.ramp} below
            </th>
            <th className="text-right">This</th>
            <th className="text-right">Then</th>
            <th className="text-right">Difference</th>
          </tr>
        </thead>
        <tbody>
          {mine.stages.map(({ name, ownMs, isCritical }) => (
            <tr
              key={name}
              className="border-line border-b last:border-b-0 [&>td]:px-4 [&>td]:py-1.5"
            >
              <td>
                <button
                  type="button"
                  className={isCritical ? 'font-semibold' : ''}
                  onClick={() => onSelect(name)}
                >
                  {name}
                </button>
              </td>
              <td>
                <Length ms={ownMs} ofMs={longestMs} look="bg-accent" />
                <Length ms={theirs.get(name)?.ownMs} ofMs={longestMs} look="bg-firm" />
              </td>
              <td className="numbers text-right">{durationOf(ownMs)}</td>
              <td className="numbers text-right text-muted">
                {durationOf(theirs.get(name)?.ownMs)}
              </td>
              <td className="numbers text-right">{differenceOf(ownMs, theirs.get(name)?.ownMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Length(props: {
  readonly ms: number | undefined
  readonly ofMs: number
  readonly look: string
}): ReactNode {
  const { ms = 0, ofMs, look } = props
  return (
    <span
      aria-hidden="true"
      className={`my-0.5 block h-1.5 rounded-sm ${look}`}
      style={{ width: `${((ms / ofMs) * 100).toFixed(2)}%` }}
    />
  )
}

function PlanChanges({ changes }: { readonly changes: readonly PlanChange[] }): ReactNode {
  const told = changes.filter(({ of, path }) => of !== 'plan' || path[0] !== 'contract')
  return (
    <div>
      <h3 className="mb-1 font-semibold text-[0.8125rem]">What differs in their plans</h3>
      {told.length === 0 ? (
        <p className="text-muted">Nothing: both ran the same plan.</p>
      ) : (
        <ul className="flex flex-col gap-1 font-mono text-[0.78rem]">
          {told.slice(0, 100).map((change) => (
            <li key={`${change.name} ${change.path.join('.')} ${change.in}`} className="break-all">
              {describeChange(change)}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function describeChange({ of, name, path, in: present, first, second }: PlanChange): string {
  const where = [name ?? of, ...path].join(' › ')
  if (present === 'first')
    return `− ${where}${first === undefined ? '' : `: ${JSON.stringify(first)}`}`
  if (present === 'second') {
    return `+ ${where}${second === undefined ? '' : `: ${JSON.stringify(second)}`}`
  }
  if (first === undefined) return `~ ${where}: another order`
  return `~ ${where}: ${JSON.stringify(first)} → ${JSON.stringify(second)}`
}

function durationOf(ms: number | undefined): string {
  return ms === undefined ? '–' : describeDuration(ms)
}

function differenceOf(one: number | undefined, other: number | undefined): ReactNode {
  if (one === undefined || other === undefined) return <span className="text-muted">–</span>
  const ms = one - other
  if (Math.abs(ms) < NOISE_MS) return <span className="text-muted">same</span>
  return ms > 0 ? (
    <span className="text-bad">{describeDuration(ms)} slower</span>
  ) : (
    <span className="text-good">{describeDuration(-ms)} faster</span>
  )
}
