/** Why the ramp went as it did: the same finding, from the same evidence, as `rampart why` gives. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { describeDuration } from '../../core/units/duration.ts'
import type { CauseClass, Evidence, Finding } from '../../core/why/finding.ts'
import { explainWhy, type Why } from '../../core/why/why.ts'
import { circumstancesQuery } from '../api/queries.ts'
import { Waiting } from '../part/state-note.tsx'
import { Mark } from '../part/tone.tsx'
import { useEarlierRuns } from './earlier.ts'
import type { Moment } from './use-ramp.ts'

const TITLES: Readonly<Record<CauseClass, string>> = {
  badDeploy: 'Bad deploy',
  bottleneck: 'Bottleneck',
  missingDependency: 'Missing dependency',
  word: 'A word',
  unexplained: 'Unexplained',
}

/** Draws it. */
export function WhyView(props: {
  readonly moment: Moment
  readonly onSelect: (stage: string) => void
}): ReactNode {
  const { moment, onSelect } = props
  const { state, nowMs, entries } = moment
  const earlier = useEarlierRuns(state)
  const around = useQuery(circumstancesQuery(state.ramp))
  if (earlier === undefined || around.isPending) return <Waiting lines={6} />
  const why = explainWhy({
    state,
    entries: entries.map(({ entry }) => entry),
    earlier,
    nowMs,
    circumstances: around.data?.circumstances,
  })
  return (
    <div className="flex flex-col gap-4">
      <Findings why={why} onSelect={onSelect} />
      <StageTable why={why} onSelect={onSelect} />
      {why.changes.length === 0 ? null : (
        <div>
          <h3 className="mb-1 font-semibold text-[0.8125rem]">Since {why.lastGood}</h3>
          <ul className="list-disc pl-4 text-muted marker:text-firm">
            {why.changes.map(({ sentence }) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

function Findings(props: {
  readonly why: Why
  readonly onSelect: (stage: string) => void
}): ReactNode {
  const { why, onSelect } = props
  if (why.findings.length === 0) {
    return (
      <p className="flex items-center gap-2 rounded-lg border border-line bg-panel px-4 py-3">
        <Mark tone={why.runs === 0 ? 'waiting' : 'good'} />
        {why.runs === 0
          ? 'Nothing is out of the ordinary; no earlier run is known to compare it with.'
          : `As usual: nothing stands out beside ${why.runs === 1 ? 'the run' : `${why.runs} runs`} before.`}
      </p>
    )
  }
  return (
    <ul className="flex flex-col gap-3">
      {why.findings.map((finding) => (
        <FindingCard
          key={`${finding.class} ${finding.stage}`}
          finding={finding}
          onSelect={onSelect}
        />
      ))}
    </ul>
  )
}

function FindingCard(props: {
  readonly finding: Finding
  readonly onSelect: (stage: string) => void
}): ReactNode {
  const { finding, onSelect } = props
  const { stage, symptom, delayed } = finding
  const facts = finding.evidence.flatMap(factOf).filter((fact) => symptom?.includes(fact) !== true)
  return (
    <li className="rounded-lg border border-line bg-panel px-4 py-3">
      <h3 className="flex items-center gap-2 font-semibold">
        <Mark tone={finding.class === 'unexplained' ? 'waiting' : 'bad'} />
        {TITLES[finding.class]}
      </h3>
      <p className="mt-1">{finding.sentence}</p>
      <ul className="mt-2 list-disc pl-4 text-muted marker:text-firm">
        {[...(symptom === undefined ? [] : [symptom]), ...facts].slice(0, 7).map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
        {delayed.length === 0 ? null : <li>held up behind it: {delayed.join(', ')}</li>}
      </ul>
      {stage === null ? null : (
        <button
          type="button"
          className="mt-2 text-accent text-xs underline"
          onClick={() => onSelect(stage)}
        >
          Evidence of {stage}
        </button>
      )}
    </li>
  )
}

function StageTable(props: {
  readonly why: Why
  readonly onSelect: (stage: string) => void
}): ReactNode {
  const { why, onSelect } = props
  const shown = why.stages.filter(({ reached }) => reached !== 'never')
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-panel">
      <table className="w-full text-left">
        <caption className="sr-only">Where the time went</caption>
        <thead className="text-muted text-xs">
          <tr className="border-line border-b [&>th]:px-2 [&>th]:py-2 [&>th]:font-normal sm:[&>th]:px-4 [&>th]:first:pl-4 [&>th]:last:pr-4">
            <th>Stage</th>
            <th className="text-right">From</th>
            <th className="text-right">Took</th>
            <th className="text-right">Usually</th>
            <th className="text-right">Slack</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((stage) => (
            <tr
              key={stage.name}
              className="border-line border-b last:border-b-0 [&>td]:whitespace-nowrap [&>td]:px-2 [&>td]:py-1.5 sm:[&>td]:px-4 [&>td]:first:pl-4 [&>td]:last:pr-4"
            >
              <td>
                <button
                  type="button"
                  className={stage.isCritical ? 'font-semibold' : ''}
                  onClick={() => onSelect(stage.name)}
                >
                  {stage.name}
                </button>
                {stage.isCritical ? (
                  <span className="ml-2 text-accent text-xs">critical</span>
                ) : null}
              </td>
              <td className="numbers text-right text-muted">
                {describeDuration(stage.fromMs ?? 0)}
              </td>
              <td className="numbers text-right">{describeDuration(stage.ownMs ?? 0)}</td>
              <td className="numbers text-right text-muted">
                {stage.usual === undefined ? '–' : describeDuration(stage.usual.medianMs)}
              </td>
              <td className="numbers text-right text-muted">
                {stage.isCritical || stage.slackMs === undefined
                  ? '–'
                  : describeDuration(stage.slackMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function factOf(evidence: Evidence): readonly string[] {
  switch (evidence.of) {
    case 'change':
      return [evidence.change.sentence]
    case 'answer':
      return [evidence.sentence]
    case 'pressure':
      return evidence.beside.length === 0 ? [] : [`beside it: ${evidence.beside.join(', ')}`]
    default:
      return []
  }
}
