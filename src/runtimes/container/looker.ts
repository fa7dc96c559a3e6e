/**
 * Carries out `look`: finds what runs of a subject and tells of it as `start` would. May send one
 * signal, which asks a component to take nothing new; starts and ends nothing.
 */
import { done, failed } from '../../core/entry/command-answers.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import type { LookInput } from './order-input.ts'
import type { StopNeeds } from './stopper.ts'

/** Looks at a component; after a crash the signal may be sent a second time. @throws EngineTrouble */
export async function lookAtComponent(input: LookInput, needs: StopNeeds): Promise<CommandAnswer> {
  const { subject, signal } = input
  const instances = await needs.registry.refresh(subject, needs.watcher)
  const instance = instances.findLast((one) => one.ended === undefined && one.pid > 0)
  if (instance?.made === undefined) {
    const words = { reason: 'not-running', sentence: `${subject} is not running.` }
    return input.mustRun === true ? failed(words) : done(words)
  }
  if (signal !== undefined) await needs.engine.kill(instance.made, signal)
  const told = signal === undefined ? '' : `, and was sent ${signal}`
  const sentence = `${instance.name} is running as container ${instance.record.container}${told}.`
  return done({ reason: 'running', sentence, outputs: instance.outputs() })
}
