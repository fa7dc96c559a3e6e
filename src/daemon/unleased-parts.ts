/**
 * In the place of what stands on leased ports, where none are leased: answers that say so. A plan that
 * wants a front, or a Ports contract in force, fails with the way out and not with a name unknown here.
 */
import { failed } from '../core/entry/command-answers.ts'
import type { Answer } from '../core/plan/verdict.ts'
import type { Actuator } from '../seams/actuator.ts'
import type { Probe } from '../seams/probe.ts'
import type { WorldParts } from './world-parts.ts'

const REASON = 'ports-unavailable'

/** Those that `openWorldParts` has only with leasing. @param sentence why there is none */
export function unleasedParts(sentence: string): Pick<WorldParts, 'actuators' | 'probes'> {
  const answer: Answer = {
    verdict: 'errored',
    outlook: 'notYet',
    reason: REASON,
    sentence,
    evidence: {},
  }
  return {
    actuators: ['front', 'ports'].map(
      (name): Actuator => ({ name, run: async () => failed({ reason: REASON, sentence }) }),
    ),
    probes: ['in-flight', 'ports'].map((kind): Probe => ({ kind, ask: async () => answer })),
  }
}
