/** Sentences for findings: what a person reads first. Numbers, no adjectives; what was not known is said. */
import type { Cause } from '../entry/entry.ts'
import { describeDuration } from '../units/duration.ts'
import type { Known } from './find-causes.ts'
import type { CauseClass, Evidence } from './finding.ts'
import type { MissingKind } from './missing.ts'
import type { WhyStage } from './question.ts'

/** What a sentence is made from. */
export interface Judged {
  readonly class: CauseClass
  readonly stage: WhyStage
  readonly evidence: readonly Evidence[]
  readonly cause: Cause | undefined
  /** Whether waiting could have been the cause. */
  readonly mayWait: boolean
}

const MISSING: Readonly<Record<MissingKind, string>> = {
  refused: 'nobody accepted the connection',
  name: 'the name is not known',
  auth: 'the way in is closed to it',
  trust: 'the certificate is not trusted',
  schema: 'the schema is not there',
  worker: 'nobody works the queue off',
  program: 'the program is not there',
}

const RESOURCES = { cpu: 'the CPU', io: 'input and output', memory: 'memory' } as const

/** The first sentence of a finding. */
export function sentenceFor(known: Known, judged: Judged): string {
  const { stage, cause } = judged
  const what = whatHappened(stage, cause)
  switch (judged.class) {
    case 'badDeploy':
      return `${what}, and it differs from the last good run.`
    case 'missingDependency':
      return `${what}: ${missingText(judged.evidence)}.`
    case 'bottleneck':
      return `${what}, and nothing differs: ${judged.evidence.map(waitText).join('; ')}.`
    default:
      return `${what}. ${unexplainedText(known, judged.mayWait)}`
  }
}

function whatHappened(stage: WhyStage, cause: Cause | undefined): string {
  const { name, retries, lostMs, extraMs, ownMs = 0, reached } = stage
  if (retries > 0 && reached === 'ready') {
    const times = retries === 1 ? 'once more' : `${retries} more times`
    return `${name} was tried ${times}, which took ${describeDuration(lostMs)}`
  }
  if (cause !== undefined) return reached === 'ready' ? `${name} broke a promise` : `${name} failed`
  if (stage.usual !== undefined) {
    return `${name} took ${describeDuration(extraMs)} longer than usual`
  }
  const how = reached === 'ready' ? 'took' : 'has taken'
  return `${name} ${how} ${describeDuration(ownMs)}`
}

function missingText(evidence: readonly Evidence[]): string {
  const answer = evidence.find((one) => one.of === 'answer')
  if (answer === undefined) return 'something is missing'
  const whom = answer.target === null ? '' : ` (${answer.target})`
  const long = answer.spentMs > 0 ? ` for ${describeDuration(answer.spentMs)}` : ''
  return `${MISSING[answer.missing]}${whom}${long}`
}

function waitText(evidence: Evidence): string {
  switch (evidence.of) {
    case 'queue':
      return `it waited ${describeDuration(evidence.waitedMs)} behind ${evidence.behind}`
    case 'pressure': {
      const usual = evidence.usualBp === null ? '' : `, usually ${percent(evidence.usualBp)}`
      const what = RESOURCES[evidence.resource]
      const short = `${what} was short ${percent(evidence.shareBp)} of the time${usual}`
      return evidence.resource === 'cpu' ? `${short}${demandText(evidence)}` : short
    }
    case 'latency': {
      const whom = evidence.target ?? 'what it asks'
      const long = describeDuration(evidence.latencyMs)
      return `${whom} took ${long} to answer ${evidence.condition}, at most ${describeDuration(evidence.usualMs)} before`
    }
    default:
      return ''
  }
}

function demandText(pressure: Extract<Evidence, { of: 'pressure' }>): string {
  const { demandBp, usualDemandBp } = pressure
  const usual = usualDemandBp === null ? '' : `, usually ${perProcessor(usualDemandBp)}`
  return ` (${perProcessor(demandBp)} threads for each processor${usual})`
}

function perProcessor(demandBp: number): string {
  return (demandBp / 10_000).toFixed(1)
}

function percent(shareBp: number): string {
  return `${Math.round(shareBp / 100)} %`
}

/** What was looked at without finding anything, so that nobody looks there again. */
function unexplainedText({ lastGood, question, changes }: Known, mayWait: boolean): string {
  if (lastGood === undefined) return 'No earlier run reached the goal, so nothing can be compared.'
  const { circumstances } = question
  const isRecorded = circumstances !== undefined && lastGood.circumstances !== undefined
  const looked = isRecorded ? 'the contract, its files and its settings' : 'the contract'
  const differs = changes.length === 0 ? 'nothing differs' : 'what differs does not touch it'
  const pressed =
    mayWait && (circumstances?.samples.length ?? 0) > 0 ? '; the machine was not pressed' : ''
  return `Nothing speaks for a cause: ${differs} in ${looked} since ${lastGood.state.ramp}${pressed}.`
}
