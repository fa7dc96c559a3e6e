/** What a ramp is called by people. */
import type { Plan } from '../plan/plan.ts'

/** `shop up`, `shop up for production`. */
export function rampTitle({ contract, goal }: Pick<Plan, 'contract' | 'goal'>): string {
  const aim = contract.target === undefined ? '' : ` for ${contract.target}`
  return `${contract.name} ${goal}${aim}`
}
