/** Carries out `stop`: ends what runs of a subject, and proves that the engine has nothing left. */
import { done, failed } from '../../core/entry/command-answers.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import type { Order } from '../../seams/actuator.ts'
import type { PortSource } from '../placement/port-source.ts'
import { type EndNeeds, type EndResult, endInstance } from './end-instance.ts'
import { EngineTrouble } from './engine/engine-trouble.ts'
import type { Instance } from './instance.ts'
import type { StopInput } from './order-input.ts'
import type { Registry } from './registry.ts'

/** What stopping needs. */
export interface StopNeeds extends EndNeeds {
  readonly registry: Registry
  readonly ports: PortSource
}

/** Stops a component. @throws EngineTrouble */
export async function stopComponent(
  order: Order,
  input: StopInput,
  needs: StopNeeds,
): Promise<CommandAnswer> {
  const startMs = performance.now()
  const instances = await refreshed(input.subject, needs)
  const open = instances.filter((instance) => !instance.isCleared)
  const targets = open.filter((instance) => isOurs(instance, input))
  const other = open.find((instance) => !targets.includes(instance) && !instance.ended)
  const options = { policy: input.stop, order }
  const results = await Promise.all(
    targets.map((instance) => endInstance(instance, options, needs)),
  )
  const tookMs = Math.round(performance.now() - startMs)
  const outputs = {
    left: {
      containers: results.filter(({ isLeft }) => isLeft).length,
      ports: results.flatMap(({ portsLeft }) => portsLeft).length,
    },
    tookMs,
    forced: results.some(({ forced }) => forced),
  }
  if (outputs.left.containers + outputs.left.ports > 0) {
    const reason = order.signal.aborted ? 'cancelled' : 'left-behind'
    const sentence = `${input.subject} is not proved stopped after ${tookMs} ms; ${named(targets, results)}.`
    return failed({ reason, sentence, outputs, retryable: true })
  }
  if (other === undefined) needs.ports.ended(input.subject)
  if (results.some(({ wasRunning }) => wasRunning)) {
    const how = outputs.forced ? 'had to be killed' : 'has ended'
    const sentence = `${input.subject} ${how} after ${tookMs} ms, and its container is removed.`
    return done({ reason: outputs.forced ? 'killed' : 'stopped', sentence, outputs })
  }
  if (other !== undefined) {
    const sentence = `${other.name} was started by ${other.record.order}, and is left running.`
    return done({ reason: 'not-ours', sentence, outputs })
  }
  return done({ reason: 'already-gone', sentence: `${input.subject} is not running.`, outputs })
}

/** Without an engine only what was never started, as the records say, is proved to be gone. */
async function refreshed(
  subject: string,
  { registry, watcher }: StopNeeds,
): Promise<readonly Instance[]> {
  try {
    return await registry.refresh(subject, watcher)
  } catch (error) {
    const isUnavailable = error instanceof EngineTrouble && error.isUnavailable
    if (!isUnavailable || registry.of(subject).some((one) => !one.isCleared)) throw error
    return []
  }
}

function isOurs(instance: Instance, input: StopInput): boolean {
  const { onlyStartedByRamp: ramp } = input
  return ramp === undefined || instance.record.order.startsWith(`${ramp}/`)
}

function named(targets: readonly Instance[], results: readonly EndResult[]): string {
  const left = results.flatMap(({ isLeft, portsLeft }, place) => [
    ...(isLeft ? [`container ${targets[place]?.record.container}`] : []),
    ...portsLeft.map((port) => `port ${port}`),
  ])
  return left.length === 0 ? 'nothing is left' : `left: ${left.join(', ')}`
}
