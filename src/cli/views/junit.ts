/** A ramp as a JUnit report, which most build servers know how to show. */
import type { Cause } from '../../core/entry/entry.ts'
import type { RampState, StageState } from '../../core/ramp/state.ts'
import { timelineOf } from '../../core/ramp/timeline.ts'

const WELL = ['ready', 'completed']
const FAILED = ['failed', 'left']

/** Prints a ramp: one suite, one case for each stage. */
export function junitOf(state: RampState): string {
  const { totalMs, spans } = timelineOf(state)
  const down = state.plan.goal === 'down' || state.plan.goal === 'back'
  const cases = state.stages.map((stage) => {
    const ownMs = spans.find((span) => span.name === stage.name)?.ownMs ?? 0
    const inside = insideOf(stage, state, down)
    const head = `    <testcase classname="${escaped(state.plan.contract.name)}" name="${escaped(
      stage.name,
    )}" time="${secondsText(ownMs)}"`
    return inside === undefined ? `${head}/>` : `${head}>\n      ${inside}\n    </testcase>`
  })
  const count = (tag: string): number => cases.filter((one) => one.includes(`<${tag} `)).length
  const name = `${state.plan.contract.name} ${state.plan.goal}`
  const counts = `tests="${cases.length}" failures="${count('failure')}" skipped="${count('skipped')}"`
  const at = new Date(state.openedAtMs).toISOString()
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="rampart" ${counts} time="${secondsText(totalMs)}">`,
    `  <testsuite id="${escaped(state.ramp)}" name="${escaped(name)}" timestamp="${at}" ${counts} time="${secondsText(totalMs)}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

/** What stands inside a case: nothing when it went well. */
function insideOf(stage: StageState, state: RampState, isDown: boolean): string | undefined {
  const isCause = causeOf(state)?.stage === stage.name
  if (stage.cause !== undefined && (isCause || FAILED.includes(stage.phase))) {
    return failure(stage.cause)
  }
  if (isCause) return failure(causeOf(state) as Cause)
  if (WELL.includes(stage.phase) || (isDown && stage.phase === 'undone')) return undefined
  return `<skipped message="${escaped(`it is ${stage.phase}`)}"/>`
}

/** Why the ramp did not reach its goal. */
function causeOf(state: RampState): Cause | undefined {
  if (state.ended?.outcome === 'reached') return undefined
  return state.ended?.cause ?? state.held ?? state.undoCause
}

function failure(cause: Cause): string {
  const evidence = JSON.stringify(cause.answer?.evidence ?? {}, undefined, 2)
  const type = escaped(
    cause.condition === undefined ? cause.reason : `${cause.condition}: ${cause.reason}`,
  )
  return `<failure type="${type}" message="${escaped(cause.sentence)}">${escaped(evidence)}</failure>`
}

function secondsText(ms: number): string {
  return (ms / 1_000).toFixed(3)
}

/** XML 1.0 has no word for most control characters, so they are left out. */
function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is meant.
      .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
      .toWellFormed()
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  )
}
