/**
 * Judges the runs of a journey. The first row that fits the last run counts.
 *
 * | found | answer |
 * |---|---|
 * | a step that is not as expected | its own verdict and reason, as src/probes/exchange/ says |
 * | a value to capture that is not there | failed, notYet: not-captured |
 * | the same of a step that cleans up | the same |
 * | fewer good runs in a row than asked for, and no time for more | failed, notYet: timed-out |
 * | as many as asked for, after failed runs | passed: green-after-flake |
 * | as many as asked for | passed: green |
 *
 * A step that was asked with captured values is never terminal: another run captures others.
 */
import type { Answer } from '../../core/plan/verdict.ts'
import type { JsonObject } from '../../core/units/json.ts'
import { notYet, passed, printLatency } from '../answer/answer.ts'
import { printScalar } from '../exchange/json-path.ts'
import { redactDocument, redactSecrets } from '../redaction/redact.ts'
import { failedStep, type JourneyRun } from './run-journey.ts'
import type { SmokeInput } from './smoke-input.ts'
import type { TakenStep } from './take-step.ts'

const FLAKES_SHOWN_MAX = 20
/** Shorter captured values are numbers and states, and not secret; hiding them would hide all. */
const SECRET_LENGTH_MIN = 6

/** Whether another run could change nothing, or is not wanted. */
export function isFinal(input: SmokeInput, runs: readonly JourneyRun[]): boolean {
  const last = runs.at(-1)
  const failed = last === undefined ? undefined : failedStep(last)
  if (failed === undefined) return greenInRow(runs) >= input.times
  return failed.answer.outlook === 'terminal' || runs.filter(failedStep).length > input.retries
}

/** Judges what was walked. */
export function assessSmoke(input: SmokeInput, runs: readonly JourneyRun[]): Answer {
  const secrets = [...runs.flatMap(secretsIn), ...input.steps.flatMap(({ secrets }) => secrets)]
  const { sentence, evidence, ...judged } = assess(input, runs)
  return {
    ...judged,
    sentence: redactSecrets(sentence, secrets),
    evidence: redactDocument(evidence, secrets) as JsonObject,
  }
}

function assess(input: SmokeInput, runs: readonly JourneyRun[]): Answer {
  const last = runs.at(-1)
  const failed = last === undefined ? undefined : failedStep(last)
  const evidence = evidenceOf(input, runs)
  const flakeCount = runs.filter(failedStep).length - (failed === undefined ? 0 : 1)
  const flaked = flakeCount === 0 ? '' : `, after ${printCount(flakeCount, 'failed run')}`
  if (failed !== undefined && last !== undefined) {
    const { answer } = failed
    const tries =
      failed.tries === 1 ? '' : ` (${failed.tries} tries in ${printLatency(failed.tookMs)})`
    const at = `${placeOf(input, last, failed)} of run ${runs.length}${flaked}${tries}`
    return { ...answer, sentence: `${at}: ${answer.sentence}`, evidence }
  }
  const inRow = greenInRow(runs)
  const took = printLatency(runs.reduce((sum, run) => sum + run.latencyMs, 0))
  const steps = printCount(input.steps.length, 'step')
  if (inRow < input.times) {
    const sentence = `The journey of ${steps} was good ${inRow} times in a row within ${took}${flaked}; ${input.times} expected.`
    return notYet({ reason: 'timed-out', sentence, evidence })
  }
  const reason = flakeCount === 0 ? 'green' : 'green-after-flake'
  const times = inRow === 1 ? 'once' : `${inRow} times in a row`
  const sentence = `The journey of ${steps} was good ${times} within ${took}${flaked}.`
  return passed({ reason, sentence, evidence })
}

function evidenceOf(input: SmokeInput, runs: readonly JourneyRun[]): JsonObject {
  const last = runs.at(-1)
  const failed = last === undefined ? undefined : failedStep(last)
  const flakes = runs
    .map((run, index) => ({ failed: failedStep(run), run: index + 1 }))
    .slice(0, failed === undefined ? undefined : -1)
    .flatMap(({ failed: flake, run }) => (flake === undefined ? [] : [printFlake(flake, run)]))
  const latencyMs = runs.reduce((sum, run) => sum + run.latencyMs, 0)
  return {
    latencyMs: Math.round(latencyMs * 100) / 100,
    times: input.times,
    greenInRow: greenInRow(runs),
    runCount: runs.length,
    flakeCount: flakes.length,
    ...(flakes.length === 0 ? {} : { flakes: flakes.slice(0, FLAKES_SHOWN_MAX) }),
    steps: (last?.steps ?? []).map(printStep),
    ...(last === undefined || last.cleanup.length === 0
      ? {}
      : { cleanup: last.cleanup.map(printStep) }),
    ...(failed === undefined ? {} : { failedStep: failed.name }),
    ...(failed?.said === undefined ? {} : { said: failed.said.toWellFormed() }),
  }
}

function printStep({ name, status, latencyMs, tries, answer }: TakenStep): JsonObject {
  const { address, family, failed } = answer.evidence
  const isBad = answer.verdict !== 'passed'
  return {
    name,
    ...(status === undefined ? {} : { status }),
    latencyMs,
    tries,
    ...(isBad ? { reason: answer.reason } : {}),
    ...(isBad && address !== undefined ? { address, family: family ?? null } : {}),
    ...(isBad && failed !== undefined ? { failed } : {}),
  }
}

function printFlake(flake: TakenStep, run: number): JsonObject {
  const { reason, sentence } = flake.answer
  return { run, step: flake.name, reason, sentence, latencyMs: flake.latencyMs }
}

/** `Step 2 of 4 (pay)`, `Cleanup (cancel)`. */
function placeOf(input: SmokeInput, run: JourneyRun, step: TakenStep): string {
  const index = run.steps.indexOf(step)
  if (index === -1) return `Cleanup (${step.name})`
  return `Step ${index + 1} of ${input.steps.length} (${step.name})`
}

function greenInRow(runs: readonly JourneyRun[]): number {
  const lastBad = runs.findLastIndex((run) => failedStep(run) !== undefined)
  return runs.length - 1 - lastBad
}

/** What was captured may be a session: as it is, and as it stands in a URL. */
function secretsIn({ captured }: JourneyRun): readonly string[] {
  return [...captured]
    .filter(([name]) => name !== 'run')
    .map(([, value]) => printScalar(value) ?? '')
    .filter((text) => text.length >= SECRET_LENGTH_MIN)
    .flatMap((text) => [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)])
}

function printCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
