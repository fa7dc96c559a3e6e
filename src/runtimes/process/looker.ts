/**
 * Carries out `look`: finds what runs of a subject and tells of it as `start` would. May send one
 * signal, which asks a component to take nothing new; starts and ends nothing.
 */
import { done, failed } from '../../core/entry/command-answers.ts'
import type { CommandAnswer } from '../../core/entry/entry.ts'
import type { Kernel } from './kernel/kernel.ts'
import type { LookInput } from './order-input.ts'
import { instanceOutputs } from './outputs.ts'
import type { Registry } from './registry.ts'

/** What looking needs. */
export interface LookNeeds {
  readonly registry: Registry
  readonly kernel: Kernel
}

/**
 * Looks at a component. A signal goes to the component's own process alone, not to its children; after
 * a crash it may be sent a second time.
 */
export function lookAtComponent(input: LookInput, needs: LookNeeds): CommandAnswer {
  const { subject, signal, copy } = input
  const running = needs.registry
    .refresh(subject)
    .filter((instance) => !instance.ended && (copy === undefined || instance.copy === copy))
  const instance = running.at(-1)
  if (instance?.identity === undefined) {
    const what = copy === undefined ? subject : `Copy ${copy} of ${subject}`
    const words = { reason: 'not-running', sentence: `${what} is not running.` }
    return input.mustRun === true ? failed(words) : done(words)
  }
  const { pid } = instance.identity
  const component = needs.kernel.children(pid)[0]
  if (signal !== undefined && component !== undefined) process.kill(component, signal)
  const told = signal === undefined ? '' : `, and was sent ${signal}`
  return done({
    reason: 'running',
    sentence: `${instance.name} is running as process ${pid}${told}.`,
    outputs: instanceOutputs(instance),
  })
}
