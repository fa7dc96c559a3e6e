/** Carries out `stop`: ends what runs of a subject, and proves that the kernel has none left. */
import { done, failed } from '../../core/entry/command-answers.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import type { Order } from '../../seams/actuator.ts'
import type { PortSource } from '../placement/port-source.ts'
import { readAsked } from '../subject/asked-to-end.ts'
import { type EndNeeds, type EndResult, endInstance } from './end-instance.ts'
import type { Instance } from './instance.ts'
import type { StopInput } from './order-input.ts'
import type { StopPolicy } from './record.ts'
import type { Registry } from './registry.ts'

/** What stopping needs. */
export interface StopNeeds extends EndNeeds {
  readonly registry: Registry
  readonly ports: PortSource
  readonly bootId: string
}

/** Stops a component. */
export async function stopComponent(
  order: Order,
  input: StopInput,
  needs: StopNeeds,
): Promise<CommandAnswer> {
  const startMs = performance.now()
  // An ended instance too may have left processes behind, unless the kernel was asked before.
  const open = needs.registry.refresh(input.subject).filter((instance) => !instance.isCleared)
  const missing = missingOf(open, input, needs)
  if (missing.length > 0) return nobodyInItsPlace(input, missing)
  const targets = open.filter((instance) => isOurs(instance, input))
  const gone = input.unlessGaveWay ? whoGaveWay(targets, input, needs) : undefined
  if (gone !== undefined) return leftServing(targets, gone)
  await giveWay(open, input, needs)
  const policy = policyOf(input, needs)
  const results = await Promise.all(
    targets.map((instance) => endInstance(instance, policy, needs, order)),
  )
  // Only now: other copies may have been ended meanwhile.
  const others = open.filter((instance) => !targets.includes(instance) && !instance.ended)
  const outcome: Outcome = { results, tookMs: Math.round(performance.now() - startMs) }
  if (order.signal.aborted) return notStopped(input, 'cancelled', outcome, needs)
  const left = results.some((result) => result.left.length + result.portsLeft.length > 0)
  if (left) return notStopped(input, 'left-behind', outcome, needs)
  if (others.length === 0) needs.ports.ended(input.subject)
  return stopped(input, outcome, others)
}

/**
 * Who was asked to end for those that were started in its place, by the same ramp; undefined: nobody, or one that
 * was not asked serves on.
 */
function whoGaveWay(
  targets: readonly Instance[],
  { subject, onlyStartedByRamp: ramp }: StopInput,
  { registry }: StopNeeds,
): Instance | undefined {
  const others = registry.of(subject).filter((instance) => !targets.includes(instance))
  const wasAsked = ({ path }: Instance): boolean =>
    readAsked(path)?.order.startsWith(`${ramp}/`) === true
  const isLeft = others.some((one) => one.ended === undefined && !wasAsked(one))
  const isThere = targets.some(({ ended }) => ended === undefined)
  return isLeft || !isThere ? undefined : others.findLast(wasAsked)
}

function leftServing(targets: readonly Instance[], gone: Instance): CommandAnswer {
  const names = targets.map(({ name }) => name).join(' and ')
  const sentence = `${names} serves on: ${gone.name} was asked to end for it, and nobody else is there.`
  return done({ reason: 'left-serving', sentence })
}

/** What is ended for others has what it shared with them no more, before it is asked to end. */
async function giveWay(
  open: readonly Instance[],
  { subject, except = [] }: StopInput,
  { ports, bootId }: StopNeeds,
): Promise<void> {
  const next = open.findLast(({ name }) => except.includes(name))
  if (next?.identity === undefined) return
  await ports.giveWay(subject, { ...next.identity, bootId })
}

function policyOf({ subject, stop, graceAsRuled }: StopInput, { ports }: StopNeeds): StopPolicy {
  const graceMs = graceAsRuled ? ports.finishMs(subject) : undefined
  return graceMs === undefined ? stop : { ...stop, graceMs }
}

interface Outcome {
  readonly results: readonly EndResult[]
  readonly tookMs: number
}

function isOurs(instance: Instance, input: StopInput): boolean {
  const { onlyStartedByRamp: ramp, except, copy } = input
  if (except?.includes(instance.name) === true) return false
  if (copy !== undefined && instance.copy !== copy) return false
  return ramp === undefined || instance.record.order.startsWith(`${ramp}/`)
}

/** Those that are to go on in the place of what is ended, and do not run. */
function missingOf(
  open: readonly Instance[],
  { except = [] }: StopInput,
  { supervisor }: StopNeeds,
): readonly string[] {
  return except.filter((name) => {
    const found = open.find((instance) => instance.name === name)
    if (found !== undefined) supervisor.check(found)
    return found === undefined || found.ended !== undefined
  })
}

function nobodyInItsPlace({ subject }: StopInput, missing: readonly string[]): CommandAnswer {
  const names = missing.join(' and ')
  const does = missing.length === 1 ? 'does' : 'do'
  const sentence = `${names} ${does} not run any more, so nothing of ${subject} is ended for it.`
  return failed({ reason: 'nobody-in-its-place', sentence })
}

function stopped(
  input: StopInput,
  { results, tookMs }: Outcome,
  others: readonly Instance[],
): CommandAnswer {
  const forced = results.some((result) => result.forced)
  const outputs = { left: { processes: 0, ports: 0 }, tookMs, forced }
  const notes = results.flatMap((result) => result.notes)
  if (results.some((result) => result.wasRunning)) {
    const how = forced ? 'had to be killed' : 'has ended'
    const sentence = [`${input.subject} ${how} after ${tookMs} ms.`, ...notes].join(' ')
    return done({ reason: forced ? 'killed' : 'stopped', sentence, outputs })
  }
  const [other] = others
  if (other !== undefined) {
    const sentence = `${other.name} was started by ${other.record.order}, and is left running.`
    return done({ reason: 'not-ours', sentence, outputs })
  }
  return done({ reason: 'already-gone', sentence: `${input.subject} is not running.`, outputs })
}

function notStopped(
  input: StopInput,
  reason: string,
  { results, tookMs }: Outcome,
  needs: StopNeeds,
): CommandAnswer {
  const left = results.flatMap((result) => result.left)
  const leftPorts = results.flatMap((result) => result.portsLeft)
  // The program alone: its arguments may be secret.
  const leftProcesses = left.map(({ pid }) => ({
    pid,
    program: needs.kernel.command(pid).split(' ', 1)[0] ?? '',
  }))
  const names = [
    ...leftProcesses.map(({ pid, program }) => `process ${pid} (${program})`),
    ...leftPorts.map((port) => `port ${port}`),
  ]
  const stands = names.length === 0 ? 'nothing is left' : `left: ${names.join(', ')}`
  return failed({
    reason,
    sentence: `${input.subject} is not proved stopped after ${tookMs} ms; ${stands}.`,
    outputs: {
      left: { processes: left.length, ports: leftPorts.length },
      leftProcesses,
      leftPorts,
      tookMs,
      forced: results.some((result) => result.forced),
    },
    retryable: true,
  })
}
