/** The rows that every view of a ramp shows: one a stage, as data; how it looks is decided elsewhere. */
import type { Answer } from '../plan/verdict.ts'
import { describeWait, type Wait, waitsOf } from '../ramp/explain.ts'
import type { RampState, StageState } from '../ramp/state.ts'
import { endOf } from './end-of.ts'
import { type GoalWords, stageWords } from './goal-words.ts'

/** How a stage is doing, coarsely: what decides its mark and colour. */
export type Mood = 'waiting' | 'moving' | 'good' | 'bad' | 'gone'

/** One stage in a view. */
export interface StageRow {
  readonly name: string
  readonly mood: Mood
  /** One or two words: `ready`, `proving`, `starting`. */
  readonly label: string
  /** How long it has been, or took to become, so. @unit ms */
  readonly tookMs?: number
  /** Until when it must be ready, from when it was entered. @unit ms */
  readonly budgetMs?: number
  /** What it waits for, or why it failed; empty when there is nothing to say. */
  readonly detail: string
}

/** The latest answers that were not worth an entry, by {@link answerKey}. */
export type LatestAnswers = ReadonlyMap<string, Answer>

/** The key of a condition's latest answer. */
export function answerKey(stage: string, condition: string): string {
  return JSON.stringify([stage, condition])
}

/** One row for each stage, in the plan's order. */
export function stageRows(
  state: RampState,
  nowMs: number,
  latest: LatestAnswers = new Map(),
): readonly StageRow[] {
  return state.stages.map((now, place) => {
    const waits = waitsOf(state, place, nowMs).map((wait) => freshen(now.name, wait, latest))
    const tookMs = tookOf(now, nowMs)
    const isTimed =
      now.phase === 'entered' || now.phase === 'started' || now.phase === 'provisional'
    const budgetMs = isTimed ? state.plan.stages[place]?.deadlineMs : undefined
    return {
      name: now.name,
      ...describePhase(now, stageWords(state.plan.goal, state.plan.stages[place])),
      ...(tookMs === undefined ? {} : { tookMs }),
      ...(budgetMs === undefined ? {} : { budgetMs }),
      detail: detailOf(now, waits, nowMs),
    }
  })
}

function freshen(stage: string, wait: Wait, latest: LatestAnswers): Wait {
  if (wait.on !== 'condition') return wait
  const answer = latest.get(answerKey(stage, wait.condition))
  return answer === undefined ? wait : { ...wait, lastAnswer: answer }
}

function describePhase(
  now: StageState,
  words: GoalWords,
): { readonly mood: Mood; readonly label: string } {
  switch (now.phase) {
    case 'waiting':
      return { mood: 'waiting', label: now.incarnation > 0 ? 'to be retried' : 'waiting' }
    case 'gated':
      return { mood: 'moving', label: 'at its gates' }
    case 'entered':
      return { mood: 'moving', label: words.entered }
    case 'started':
      return { mood: 'moving', label: 'proving' }
    case 'provisional':
      return { mood: 'moving', label: 'provisional' }
    case 'ready':
      return { mood: 'good', label: now.unclean ? 'unclean' : 'ready' }
    case 'completed':
      return { mood: 'good', label: words.completed }
    case 'failed':
      return { mood: 'bad', label: 'failed' }
    case 'undoing':
      return { mood: now.cause === undefined ? 'moving' : 'bad', label: 'undoing' }
    case 'undone':
      return { mood: now.cause === undefined ? 'gone' : 'bad', label: 'undone' }
    default:
      return { mood: 'gone', label: 'left out' }
  }
}

function tookOf(now: StageState, nowMs: number): number | undefined {
  const fromMs = now.enteredAtMs ?? now.gatedAtMs
  if (fromMs === undefined || now.phase === 'waiting' || now.phase === 'undone') return undefined
  return Math.max(0, (now.readyAtMs ?? now.failedAtMs ?? nowMs) - fromMs)
}

function detailOf(now: StageState, waits: readonly Wait[], nowMs: number): string {
  if (now.cause !== undefined && now.phase !== 'ready') return now.cause.sentence
  const needs = waits.filter((wait) => wait.on === 'need')
  if (needs.length > 0) {
    return `for ${needs.map((need) => `${need.stage} ${need.until}`).join(', ')}`
  }
  const wait = waits[0]
  if (wait === undefined) return endOf(now)
  if (wait.on !== 'condition') return describeWait(wait, nowMs)
  const others = waits.length > 1 ? ` (and ${waits.length - 1} more)` : ''
  if (wait.question.ask !== 'probe') return `${describeWait(wait, nowMs)}${others}`
  const answer = wait.lastAnswer?.sentence ?? 'not answered yet'
  return `${wait.condition}: ${answer}${others}`
}
