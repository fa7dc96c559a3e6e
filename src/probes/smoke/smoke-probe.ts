/**
 * The `smoke` probe: walks a declared journey through what was ramped up, as a user would, and asks
 * for so many good runs in a row. A failed run that was followed by another one stays in the evidence
 * as a flake: nothing is ever repeated in secret.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { Asking, Probe } from '../../seams/probe.ts'
import { malformedInput } from '../answer/answer.ts'
import { InputReader } from '../input/input-reader.ts'
import { assessSmoke, isFinal } from './assess-smoke.ts'
import { pauseUnlessAborted } from './pause.ts'
import { failedStep, type JourneyRun, runJourney } from './run-journey.ts'
import { readSmokeInput } from './smoke-input.ts'

/** What lies between a failed run and the next. @unit ms */
const RETRY_PAUSE_MS = 100

/** Walks journeys by HTTP. */
export class SmokeProbe implements Probe {
  readonly kind = 'smoke'

  async ask(asking: Asking): Promise<Answer> {
    const reader = new InputReader(asking.input)
    const input = readSmokeInput(reader)
    if (reader.mistake !== undefined) return malformedInput(reader.mistake)
    const runs: JourneyRun[] = []
    for (;;) {
      const run = await runJourney(input, asking.signal)
      runs.push(run)
      if (asking.signal.aborted || isFinal(input, runs)) break
      const isFlake = failedStep(run) !== undefined
      if (isFlake && !(await pauseUnlessAborted(RETRY_PAUSE_MS, asking.signal))) break
    }
    return assessSmoke(input, runs)
  }
}
