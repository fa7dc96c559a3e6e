/**
 * Finding causes: for what broke, or for what took longer than usual, the class of cause and all that
 * speaks for it. The order of judging: what was missing, what changed in the stage itself, what it had
 * to wait for, what changed in the stages before it. When none of these speaks, it is unexplained.
 */
import type { Cause } from '../entry/entry.ts'
import { describeDuration } from '../units/duration.ts'
import { brokenStage, isWord } from './broken.ts'
import { type Change, mentionsSetting } from './changes.ts'
import type { CauseClass, Evidence, Finding } from './finding.ts'
import { slowAnswer } from './latency.ts'
import { type MissingEvidence, missingIn, missingMeanwhile } from './missing.ts'
import { pressureDuring } from './pressure.ts'
import type { Run, WhyQuestion, WhyStage } from './question.ts'
import { queueOf } from './queue.ts'
import { ancestorsOf } from './relatives.ts'
import { firstFailure } from './retries.ts'
import { sentenceFor } from './sentence.ts'
import type { StageEntries } from './stage-entries.ts'

/** What is known when causes are looked for. */
export interface Known {
  readonly question: WhyQuestion
  readonly byStage: StageEntries
  readonly stages: readonly WhyStage[]
  /** Earlier good runs of the same stages, newest first. */
  readonly runs: readonly Run[]
  readonly lastGood: Run | undefined
  readonly changes: readonly Change[]
  /** Whether the ramp as a whole took no longer than usual. */
  readonly isUsual: boolean
}

/** How many slow stages are looked into. */
const STAGES_MAX = 5

/** What was missing, or waited for, must make up this part of the extra time. */
const PART = 0.5

/** On a first run, waiting for less than this is just the way things start. @unit ms */
const FIRST_WAIT_MS = 1_000

/** Every cause that is found, the most telling first; empty when nothing is out of the ordinary. */
export function findCauses(known: Known): readonly Finding[] {
  const cause = brokenStage(known.question.state)
  if (cause !== undefined) return [findBroken(known, cause)]
  const broken = brokenPromises(known)
  const retried = known.stages.filter(({ retries }) => retries > 0)
  const slow = slowStages(known).flatMap((stage) => findSlow(known, stage))
  return [
    ...broken,
    ...retried.map((stage) => findRetried(known, stage)),
    ...slow,
    ...findFirstWaits(known),
  ]
}

function findBroken(known: Known, cause: Cause): Finding {
  if (isWord(cause)) {
    const { sentence } = cause
    const evidence = [{ of: 'word', sentence } as const]
    return { class: 'word', stage: null, sentence, delayed: [], evidence }
  }
  const stage = known.stages.find(({ name }) => name === cause.stage)
  if (stage === undefined) {
    return {
      class: 'unexplained',
      stage: null,
      sentence: cause.sentence,
      delayed: [],
      evidence: [],
    }
  }
  const missing = missingIn(known.question.state, stage.name, cause)
  return judge(known, { stage, missing, cause, mayWait: isOutOfTime(cause) })
}

/** The stages on the critical path that took longer than usual, the most extra time first. */
function slowStages({ stages, isUsual }: Known): readonly WhyStage[] {
  const slow = stages.filter(({ isCritical, standing }) => {
    const isSlow = standing === 'aboveP95' || (standing === 'aboveP75' && !isUsual)
    return isCritical && isSlow
  })
  return [...slow].sort((one, other) => other.extraMs - one.extraMs).slice(0, STAGES_MAX)
}

function findSlow(known: Known, stage: WhyStage): readonly Finding[] {
  const { state, nowMs } = known.question
  const entries = known.byStage.get(stage.name) ?? []
  const found = missingMeanwhile(state, stage.name, entries, nowMs)
  const missing = found !== undefined && found.spentMs >= stage.extraMs * PART ? found : undefined
  const finding = judge(known, { stage, missing, mayWait: true })
  const [first] = finding.delayed
  if (finding.class !== 'unexplained' || first === undefined) return [finding]
  // Why it was slow is not known, but that others had to wait for it is.
  const queue = { of: 'queue', behind: stage.name, waitedMs: stage.extraMs } as const
  const names = finding.delayed.join(', ')
  const waited = describeDuration(stage.extraMs)
  const sentence = `${names} had to wait ${waited} longer than usual behind ${stage.name}.`
  return [{ class: 'bottleneck', stage: first, sentence, delayed: [], evidence: [queue] }, finding]
}

/** What is not kept although its ramp goes on, as one that only watches does. */
function brokenPromises(known: Known): readonly Finding[] {
  const { state } = known.question
  return known.stages.flatMap((stage) => {
    const now = state.stages[stage.place]
    const { cause } = now ?? {}
    const isBroken = now?.conditions.some((condition) => condition.breached) ?? false
    if (!isBroken || cause === undefined) return []
    const missing = missingIn(state, stage.name, cause)
    return [judge(known, { stage, missing, cause, mayWait: isOutOfTime(cause) })]
  })
}

/** A stage that was ready only at another try: what it failed with at first. */
function findRetried(known: Known, stage: WhyStage): Finding {
  const { state } = known.question
  const cause = firstFailure(known.byStage.get(stage.name) ?? [])
  const missing = cause && missingIn(state, stage.name, cause)
  const mayWait = cause === undefined || isOutOfTime(cause)
  return judge(known, { stage, missing, cause, mayWait })
}

/** What nothing is known of yet, but was seen to wait for something that was missing. */
function findFirstWaits(known: Known): readonly Finding[] {
  const { state, nowMs } = known.question
  return known.stages.flatMap((stage) => {
    if (stage.usual !== undefined || stage.retries > 0 || !stage.isCritical) return []
    const entries = known.byStage.get(stage.name) ?? []
    const missing = missingMeanwhile(state, stage.name, entries, nowMs)
    const leastMs = Math.max(FIRST_WAIT_MS, (stage.ownMs ?? 0) * PART)
    if (missing === undefined || missing.spentMs < leastMs) return []
    return [judge(known, { stage, missing, mayWait: true })]
  })
}

function isOutOfTime(cause: Cause): boolean {
  return cause.reason === 'deadline' || cause.answer?.reason === 'timed-out'
}

interface Suspect {
  readonly stage: WhyStage
  readonly missing: MissingEvidence | undefined
  /** What it failed with; absent: it was slow. */
  readonly cause?: Cause | undefined
  /** Whether waiting can be the cause: it was slow, or ran out of time. */
  readonly mayWait: boolean
}

function judge(known: Known, suspect: Suspect): Finding {
  const { stage, missing, cause, mayWait } = suspect
  const { changes } = known
  const own = changes.filter((change) => change.stages.includes(stage.name))
  const before = ancestorsOf(known.question.state.plan, stage.name)
  const upstream = changes.filter((change) => change.stages.some((name) => before.has(name)))
  const verdict = ((): readonly [CauseClass, readonly Evidence[]] => {
    if (missing !== undefined) {
      const { isSaid: _, ...answer } = missing
      const related = changes.filter((change) =>
        isRelated(known, { change, stage, missing, before }),
      )
      return related.length > 0
        ? ['badDeploy', [...related.map(asEvidence), answer]]
        : ['missingDependency', [answer]]
    }
    if (own.length > 0) return ['badDeploy', own.map(asEvidence)]
    const waited = mayWait ? waitsOf(known, stage) : []
    if (waited.length > 0) return ['bottleneck', waited]
    if (upstream.length > 0) return ['badDeploy', upstream.map(asEvidence)]
    return ['unexplained', []]
  })()
  const [cls, evidence] = verdict
  return {
    class: cls,
    stage: stage.name,
    sentence: sentenceFor(known, { class: cls, stage, evidence, cause, mayWait }),
    ...(cause === undefined ? { extraMs: stage.extraMs } : { symptom: cause.sentence }),
    delayed: cause === undefined ? delayedBy(known, stage) : [],
    evidence,
  }
}

function asEvidence(change: Change): Evidence {
  return { of: 'change', change }
}

/** What a stage that took too long is known to have waited for. */
function waitsOf(known: Known, stage: WhyStage): readonly Evidence[] {
  const { question, runs, stages } = known
  const queue = queueOf(question.state, stage, stage.extraMs * PART)
  const pressure = pressureDuring(question, stage, { runs, stages })
  const latency = slowAnswer(question.state, stage.name, runs)
  return [queue, pressure, latency].filter((evidence) => evidence !== undefined)
}

interface Relation {
  readonly change: Change
  readonly stage: WhyStage
  readonly missing: MissingEvidence
  readonly before: ReadonlySet<string>
}

/** Whether a change can have brought about that something is missing. */
function isRelated(known: Known, relation: Relation): boolean {
  const { change, stage, missing, before } = relation
  const isOwn = change.stages.includes(stage.name)
  const { target } = missing
  if (target !== null && target !== stage.name && change.stages.includes(target)) return true
  if (missing.isSaid || missing.missing === 'program' || target === stage.name) return isOwn
  const isUpstream = change.stages.some((name) => before.has(name))
  if (missing.missing === 'schema' && isUpstream) return true
  if (!isOwn) return false
  if (change.condition !== undefined) return change.condition === missing.condition
  if (change.of !== 'setting') return false
  const plan = known.question.state.plan.stages.find(({ name }) => name === stage.name)
  const conditions = [...(plan?.gates ?? []), ...(plan?.conditions ?? []), ...(plan?.guards ?? [])]
  const asked = conditions.find(({ name }) => name === missing.condition)
  return asked !== undefined && mentionsSetting(asked, change.at)
}

/** The stages on the critical path after a slow one: each had to wait for it. */
function delayedBy({ stages, question }: Known, slow: WhyStage): readonly string[] {
  if (!slow.isCritical) return []
  const { plan } = question.state
  return stages
    .filter((stage) => stage.isCritical && ancestorsOf(plan, stage.name).has(slow.name))
    .map(({ name }) => name)
}
