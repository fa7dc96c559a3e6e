/**
 * Missing dependencies, told by the reasons of answers: nobody listens, nobody knows the name, the way
 * in is closed, the schema is not there. A stage's own port that refuses is no missing dependency.
 *
 * | kind | by which reasons, or by what the process said last |
 * |---|---|
 * | refused | refused, unreachable; ECONNREFUSED, "connection refused" |
 * | name | unknown-host, dns-unavailable, unknown-name; ENOTFOUND, "no such host" |
 * | auth | wrong-credentials, unauthorized, permission-denied, status 401 or 403; "authentication failed" |
 * | trust | untrusted-certificate, expired-certificate, wrong-certificate-name |
 * | schema | missing-database, missing-table, missing-topic and all others that begin so; "relation … does not exist" |
 * | worker | no-worker, empty-group, too-few-consumers: a queue that nobody works off |
 * | program | command-not-found, not-executable, image-absent; "Cannot find module" |
 */
import type { Cause, Entry } from '../entry/entry.ts'
import { indexOfPlan } from '../plan/plan-index.ts'
import type { Answer } from '../plan/verdict.ts'
import { type RampState, stageNamed } from '../ramp/state.ts'
import type { Evidence } from './finding.ts'
import { targetOf } from './target.ts'

/** What is missing. */
export type MissingKind = 'refused' | 'name' | 'auth' | 'trust' | 'schema' | 'worker' | 'program'

/** Evidence that something was missing. */
export type MissingEvidence = Extract<Evidence, { of: 'answer' }> & {
  /** Whether the process itself said so as it ended, rather than a probe. */
  readonly isSaid: boolean
}

const REASONS: Readonly<Record<string, MissingKind>> = {
  refused: 'refused',
  unreachable: 'refused',
  'unknown-host': 'name',
  'unknown-name': 'name',
  'dns-unavailable': 'name',
  'wrong-credentials': 'auth',
  unauthorized: 'auth',
  'permission-denied': 'auth',
  denied: 'auth',
  'untrusted-certificate': 'trust',
  'expired-certificate': 'trust',
  'wrong-certificate-name': 'trust',
  'wrong-mechanism': 'auth',
  'unknown-sign-in': 'auth',
  'not-signed-in': 'auth',
  'no-migrations': 'schema',
  'not-installed': 'schema',
  'no-jetstream': 'schema',
  'no-worker': 'worker',
  'empty-group': 'worker',
  'too-few-consumers': 'worker',
  'unknown-service': 'schema',
  'command-not-found': 'program',
  'not-executable': 'program',
  'cwd-missing': 'program',
  'image-absent': 'program',
  'engine-unavailable': 'program',
  'not-runnable': 'program',
}

const SAID: readonly (readonly [MissingKind, RegExp])[] = [
  ['refused', /ECONNREFUSED|connection refused|EHOSTUNREACH|no route to host/i],
  ['name', /ENOTFOUND|EAI_AGAIN|no such host|name or service not known|could not translate host/i],
  [
    'auth',
    /password authentication failed|authentication failed|access denied for user|WRONGPASS|NOAUTH/i,
  ],
  [
    'schema',
    /relation "[^"]*" does not exist|database "[^"]*" does not exist|no such table|unknown database/i,
  ],
  ['program', /cannot find module|ERR_MODULE_NOT_FOUND|no module named|ClassNotFoundException/i],
]

/** What was missing when a stage failed, by the cause it failed with. */
export function missingIn(
  state: RampState,
  stage: string,
  cause: Cause,
): MissingEvidence | undefined {
  const { answer, condition } = cause
  const plain = { condition: condition ?? null, spentMs: 0 }
  if (answer === undefined) {
    const missing = REASONS[cause.reason]
    const { reason, sentence } = cause
    if (missing !== 'program') return undefined
    return { of: 'answer', ...plain, reason, sentence, missing, target: stage, isSaid: false }
  }
  return missingInAnswer(state, { stage, condition: condition ?? '', answer, spentMs: 0 })
}

/**
 * What was missing longest while a stage was on its way, and for how long.
 *
 * @param entries those of the stage
 */
export function missingMeanwhile(
  state: RampState,
  stage: string,
  entries: readonly Entry[],
  nowMs: number,
): MissingEvidence | undefined {
  const spent = new Map<string, MissingEvidence>()
  const open = new Map<string, { readonly evidence: MissingEvidence; readonly sinceMs: number }>()
  const close = (condition: string, atMs: number): void => {
    const last = open.get(condition)
    open.delete(condition)
    if (last === undefined) return
    const key = `${condition} ${last.evidence.missing}`
    const spentMs = (spent.get(key)?.spentMs ?? 0) + atMs - last.sinceMs
    spent.set(key, { ...last.evidence, spentMs })
  }
  for (const entry of entries) {
    if (entry.type !== 'condition.answered') continue
    const { condition, answer, atMs } = entry
    close(condition, atMs)
    const evidence = missingInAnswer(state, { stage, condition, answer, spentMs: 0 })
    if (evidence !== undefined) open.set(condition, { evidence, sinceMs: atMs })
  }
  for (const condition of [...open.keys()]) close(condition, state.ended?.atMs ?? nowMs)
  return [...spent.values()].sort((one, other) => other.spentMs - one.spentMs)[0]
}

interface Asked {
  readonly stage: string
  readonly condition: string
  readonly answer: Answer
  readonly spentMs: number
}

function missingInAnswer(state: RampState, asked: Asked): MissingEvidence | undefined {
  const { stage, condition, answer, spentMs } = asked
  if (answer.verdict === 'passed') return undefined
  const { reason, sentence } = answer
  const view = stageNamed(state, stage)
  const placed = view && indexOfPlan(state.plan).conditions[view.place]
  const question = placed?.find((one) => one.condition.name === condition)?.condition.question
  const target = targetOf(state.plan, stage, question)
  const told = { of: 'answer', condition, reason, sentence, spentMs } as const
  const missing = REASONS[reason] ?? byStatus(answer) ?? (isSchema(reason) ? 'schema' : undefined)
  if (missing !== undefined) {
    const isOwn = target === stage && (missing === 'refused' || missing === 'name')
    return isOwn ? undefined : { ...told, missing, target, isSaid: false }
  }
  const said = saidLast(answer)
  return said === undefined ? undefined : { ...told, missing: said, target: null, isSaid: true }
}

/** Probes name what is not there as it should be `missing-…`: a table, a topic, a bucket. */
function isSchema(reason: string): boolean {
  return reason.startsWith('missing-')
}

function byStatus({ evidence }: Answer): MissingKind | undefined {
  const status = evidence['status']
  return status === 401 || status === 403 ? 'auth' : undefined
}

/** What a process that ended said of what it missed. */
function saidLast({ evidence, sentence }: Answer): MissingKind | undefined {
  const lines = evidence['lastErrors']
  if (!Array.isArray(lines)) return undefined
  // The sentence may quote a telling line that is not among the last few.
  const text = [...lines, sentence].join('\n')
  return SAID.find(([, pattern]) => pattern.test(text))?.[0]
}
