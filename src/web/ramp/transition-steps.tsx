/** The one order in which a component changes hands, and which step of it is being done. */
import type { ReactNode } from 'react'
import { stageNamed } from '../../core/ramp/state.ts'
import { describeDuration } from '../../core/units/duration.ts'
import { Ago, Lasting } from '../part/time.tsx'
import { Mark, type Tone, toneText } from '../part/tone.tsx'
import { killedAfter } from './shared-words.ts'
import type { Step, StepStanding, Transition } from './transition.ts'
import type { Moment } from './use-ramp.ts'

const TONES: Readonly<Record<StepStanding, Tone>> = {
  todo: 'waiting',
  doing: 'moving',
  done: 'good',
  failed: 'bad',
  undone: 'undoing',
}

const WORDS: Readonly<Record<StepStanding, string>> = {
  todo: 'to come',
  doing: 'being done',
  done: 'done',
  failed: 'failed',
  undone: 'taken back',
}

/** Draws them. */
export function TransitionSteps(props: {
  readonly transition: Transition
  readonly moment: Moment
  readonly isLive: boolean
  /** Whether the ramp has ended. */
  readonly isOver: boolean
  readonly onSelect: (stage: string) => void
}): ReactNode {
  const { transition, moment, isLive, isOver, onSelect } = props
  return (
    <ol
      aria-label={`Steps of ${transition.component}`}
      className="divide-y divide-line border-line border-t"
    >
      {transition.steps.map((step) => (
        <li
          key={step.key}
          aria-current={step === transition.at ? 'step' : undefined}
          className="flex items-start gap-3 px-4 py-2"
        >
          <span className="pt-0.5">
            <Mark tone={toneOf(step, transition)} />
          </span>
          <div className="min-w-0 grow">
            <span className={step.standing === 'todo' ? 'text-muted' : undefined}>
              {step.title}
            </span>
            <Why step={step} moment={moment} transition={transition} />
            <span className="flex flex-wrap gap-x-3 text-xs">
              {step.stages.map((stage) => (
                <button
                  key={stage}
                  type="button"
                  data-row=""
                  onClick={() => onSelect(stage)}
                  className="break-all text-accent hover:underline"
                >
                  {stage}
                </button>
              ))}
            </span>
          </div>
          <span
            className={`whitespace-nowrap text-right text-xs ${toneText(toneOf(step, transition))}`}
          >
            {wordOf(step, transition, isOver)}
            <Times step={step} isLive={isLive} />
          </span>
        </li>
      ))}
    </ol>
  )
}

function toneOf(step: Step, transition: Transition): Tone {
  return isCutOff(step, transition) ? 'held' : TONES[step.standing]
}

/** Whether somebody was cut off in it. */
function isCutOff({ key, standing }: Step, { by, isUnclean }: Transition): boolean {
  return isUnclean && standing === 'done' && key === (by === 'front' ? 'drain' : 'stop')
}

function wordOf(step: Step, transition: Transition, isOver: boolean): string {
  const { key, standing } = step
  const { by, old, isUndone } = transition
  if (isCutOff(step, transition)) return by === 'front' ? 'unclean' : 'killed'
  // Taking it back closes no front at which somebody serves.
  if (by === 'front' && key === 'front' && standing === 'undone' && transition.pointing === 'old') {
    return 'left open'
  }
  if (by === 'socket' && standing === 'done') {
    if (key === 'start' && transition.isKept) return 'ran already'
    if (key === 'stop' && transition.isOldKnown && old.length === 0) return 'nobody to ask'
  }
  return standing === 'todo' && (isOver || isUndone) ? 'not reached' : WORDS[standing]
}

/** Since when, and until when at most. */
function Times({ step, isLive }: { readonly step: Step; readonly isLive: boolean }): ReactNode {
  const { sinceMs, dueMs } = step
  if (!isLive || sinceMs === undefined || dueMs === undefined) return null
  return (
    <span className="block text-muted">
      <Lasting fromMs={sinceMs} /> of {describeDuration(dueMs - sinceMs)},
      <span className="block">
        deadline <Ago atMs={dueMs} />
      </span>
    </span>
  )
}

/** Why it failed, or what it waits for now. */
function Why(props: {
  readonly step: Step
  readonly moment: Moment
  readonly transition: Transition
}): ReactNode {
  const { step, moment, transition } = props
  if (step.standing === 'failed') {
    const causes = step.stages.flatMap(
      (stage) => stageNamed(moment.state, stage)?.now.cause?.sentence ?? [],
    )
    return <span className="block break-words text-bad text-xs">{causes.join(' ')}</span>
  }
  const words = waitWords(step, transition)
  if (words === undefined) return null
  return <span className="block break-words text-muted text-xs">{words}</span>
}

/** What is waited for at the old one. */
function waitWords({ key, standing }: Step, transition: Transition): string | undefined {
  if (transition.by === 'socket') {
    return key === 'stop' && standing === 'doing' ? killedAfter(transition) : undefined
  }
  const { isUnclean, underWay } = transition
  return key === 'drain' && (standing === 'doing' || isUnclean) ? underWay?.sentence : undefined
}
