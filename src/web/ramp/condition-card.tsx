/** A condition: what it asks, how it stands, and the evidence of each of its attempts. */
import type { ReactNode } from 'react'
import type { PlacedCondition } from '../../core/plan/plan-index.ts'
import type { Answer, Verdict } from '../../core/plan/verdict.ts'
import type { ConditionState } from '../../core/ramp/state.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { Instant } from '../part/time.tsx'
import { Mark, type Tone, toneText } from '../part/tone.tsx'
import type { Attempt } from './attempts.ts'

/** How many attempts are drawn at most; the ledger has all. */
const ATTEMPTS_MAX = 200

const TONES: Readonly<Record<Verdict, Tone>> = {
  passed: 'good',
  failed: 'bad',
  inconclusive: 'held',
  errored: 'bad',
}

const ROLES = { gate: 'gate', exit: 'exit condition', guard: 'guard' }

/** The card. */
export function ConditionCard(props: {
  readonly placed: PlacedCondition
  readonly now: ConditionState | undefined
  readonly latest: Answer | undefined
  readonly attempts: readonly Attempt[]
}): ReactNode {
  const { placed, now, attempts } = props
  const { condition, role } = placed
  const answer = props.latest ?? now?.lastAnswer
  const { tone, word } = standingOf(now, answer)
  return (
    <li className="rounded-md border border-line">
      <div className="flex flex-col gap-1 px-3 py-2">
        <div className="flex items-center gap-2">
          <Mark tone={tone} />
          <span className="truncate font-medium">{condition.name}</span>
          <span className={`ml-auto whitespace-nowrap text-xs ${toneText(tone)}`}>{word}</span>
        </div>
        {answer === undefined ? null : <p className="break-words">{answer.sentence}</p>}
        <p className="text-muted text-xs">
          {ROLES[role]}
          {firmness(placed)}
          {now === undefined || now.attempts === 0
            ? ''
            : `, asked ${now.attempts === 1 ? 'once' : `${now.attempts} times`}`}
          {condition.owner === undefined ? '' : `, owned by ${condition.owner}`}
        </p>
      </div>
      {attempts.length === 0 ? null : (
        <details className="border-line border-t">
          <summary className="px-3 py-1.5 text-muted text-xs hover:text-ink">
            Evidence of {attempts.length === 1 ? 'one answer' : `${attempts.length} answers`}
          </summary>
          <ol className="max-h-96 divide-y divide-line overflow-y-auto">
            {attempts.slice(0, ATTEMPTS_MAX).map((attempt) => (
              <AttemptRow key={attempt.position} attempt={attempt} />
            ))}
          </ol>
        </details>
      )}
    </li>
  )
}

function AttemptRow({ attempt }: { readonly attempt: Attempt }): ReactNode {
  const { answer, atMs, incarnation } = attempt
  const facts = Object.entries(answer.evidence)
  return (
    <li className="flex flex-col gap-1 px-3 py-2 text-xs">
      <div className="flex items-center gap-1.5">
        <Mark tone={TONES[answer.verdict]} size={13} />
        <span className={`font-medium ${toneText(TONES[answer.verdict])}`}>{answer.verdict}</span>
        <code className="font-mono text-muted">{answer.reason}</code>
        <span className="ml-auto text-muted">
          {incarnation > 1 ? `try ${incarnation}, ` : ''}no. {attempt.attempt},{' '}
          <Instant atMs={atMs} />
        </span>
      </div>
      <p className="break-words">{answer.sentence}</p>
      {facts.length === 0 ? null : (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 rounded bg-sunken px-2 py-1 font-mono text-[0.72rem]">
          {facts.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="break-all">
                {typeof value === 'string' ? value : JSON.stringify(value)}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  )
}

function standingOf(
  now: ConditionState | undefined,
  answer: Answer | undefined,
): { readonly tone: Tone; readonly word: string } {
  if (now?.breached === true) return { tone: 'bad', word: 'breached' }
  if (now?.metAtMs !== undefined && answer?.verdict !== 'failed')
    return { tone: 'good', word: 'met' }
  if (answer !== undefined) {
    const isPassing = answer.verdict === 'passed'
    return { tone: isPassing ? 'moving' : TONES[answer.verdict], word: answer.verdict }
  }
  if (now?.askedSinceMs !== undefined) return { tone: 'moving', word: 'being asked' }
  return { tone: 'waiting', word: 'not asked yet' }
}

function firmness({ condition }: PlacedCondition): string {
  const parts = [
    condition.consecutive > 1 ? `${condition.consecutive} passes in a row` : '',
    condition.holdMs > 0 ? `held for ${describeDuration(condition.holdMs)}` : '',
    condition.deadlineMs === undefined ? '' : `within ${describeDuration(condition.deadlineMs)}`,
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`
}
