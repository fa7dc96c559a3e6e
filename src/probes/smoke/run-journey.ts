/**
 * One run of a journey: its steps one after another, up to the first that fails, then those that
 * clean up. What one run captured is unknown to the next.
 */
import { randomUUID } from 'node:crypto'
import type { Json } from '../../core/units/json.ts'
import { elapsedMs } from '../answer/answer.ts'
import type { Captured } from './placeholders.ts'
import type { SmokeInput, Step } from './smoke-input.ts'
import { type TakenStep, takeStep } from './take-step.ts'

/** One run. */
export interface JourneyRun {
  readonly steps: readonly TakenStep[]
  /** Those that could be taken: what they need had been captured. */
  readonly cleanup: readonly TakenStep[]
  /** What was captured, so that it can be kept out of evidence. */
  readonly captured: Captured
  /** @unit ms */
  readonly latencyMs: number
}

/** Runs the journey once; never rejects. */
export async function runJourney(input: SmokeInput, signal: AbortSignal): Promise<JourneyRun> {
  const startedMs = performance.now()
  const captured = new Map<string, Json>([['run', randomUUID()]])
  const steps = await takeSteps(input.steps, captured, { signal, isEndedByFailure: true })
  const possible = signal.aborted ? [] : input.cleanup
  const cleanup = await takeSteps(possible, captured, { signal, isEndedByFailure: false })
  return { steps, cleanup, captured, latencyMs: elapsedMs(startedMs, performance.now()) }
}

/** The step at which a run went wrong; undefined when it is good. */
export function failedStep(run: JourneyRun): TakenStep | undefined {
  return [...run.steps, ...run.cleanup].find(({ answer }) => answer.verdict !== 'passed')
}

interface Terms {
  readonly signal: AbortSignal
  readonly isEndedByFailure: boolean
}

async function takeSteps(
  steps: readonly Step[],
  captured: Map<string, Json>,
  { signal, isEndedByFailure }: Terms,
): Promise<readonly TakenStep[]> {
  const taken: TakenStep[] = []
  for (const step of steps) {
    if (!step.needs.every((name) => captured.has(name))) continue
    const done = await takeStep(step, captured, signal)
    taken.push(done)
    for (const [name, value] of done.kept) captured.set(name, value)
    if (isEndedByFailure && done.answer.verdict !== 'passed') break
  }
  return taken
}
