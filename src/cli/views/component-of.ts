/** Which component a stage is about: for `rampart logs`, which knows no stages. */
import type { Plan } from '../../core/plan/plan.ts'

/** Its name without the contract's: `eu/api` of `eu/api/retire`. The stage itself where it is about none. */
export function componentOf({ stages }: Pick<Plan, 'stages'>, stage: string): string {
  const components = stages.flatMap(({ command }) => {
    const { subject } = command?.input ?? {}
    return typeof subject === 'string' ? [subject.slice(subject.indexOf('/') + 1)] : []
  })
  return components.find((name) => stage === name || stage.startsWith(`${name}/`)) ?? stage
}
