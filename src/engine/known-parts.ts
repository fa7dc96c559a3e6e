/**
 * Whether this build has everything that a plan asks for. A ramp that could not be finished is not
 * begun: half of it would have been done before that showed.
 */
import { Fault } from '../core/fault/fault.ts'
import type { Plan, Stage } from '../core/plan/plan.ts'
import type { EngineParts } from './parts.ts'

/**
 * Asserts that every actuator and every probe of a plan is there.
 *
 * @throws part-unknown that names the first one that is not, and the stage that asks for it
 */
export function assertKnownParts(
  plan: Plan,
  { actuators, probes }: Pick<EngineParts, 'actuators' | 'probes'>,
): void {
  const hasActuator = new Set(actuators.map(({ name }) => name))
  const hasProbe = new Set(probes.map(({ kind }) => kind))
  for (const stage of plan.stages) {
    const actuator = actuatorsOf(stage).find((name) => !hasActuator.has(name))
    if (actuator !== undefined) throw unknown(plan, stage, `actuator ${actuator}`)
    const probe = probesOf(stage).find((name) => !hasProbe.has(name))
    if (probe !== undefined) throw unknown(plan, stage, `probe ${probe}`)
  }
}

function actuatorsOf({ command, compensation }: Stage): readonly string[] {
  return [command, compensation].flatMap((one) => (one === undefined ? [] : [one.actuator]))
}

function probesOf({ gates, conditions, guards }: Stage): readonly string[] {
  return [...gates, ...conditions, ...guards].flatMap(({ question }) =>
    question.ask === 'probe' ? [question.probe] : [],
  )
}

function unknown({ contract }: Plan, { name }: Stage, part: string): Fault {
  return new Fault({
    code: 'part-unknown',
    operation: 'open a ramp',
    subject: `${contract.kind}/${contract.name}`,
    hint: `The stage ${name} asks for the ${part}, which this build does not have; nothing was begun.`,
  })
}
