/** The commands of Ports plans, and the names of the stages that others wait for. */
import type { Command } from '../../core/plan/plan.ts'

/** The stage that puts the policy in force. */
export const POLICY_STAGE = 'policy'

/** How long a command may take. @unit ms */
export const COMMAND_TIMEOUT_MS = 10_000

/** The stage that holds a fixed port. @param of `shop/api/http` */
export function holdStageOf(of: string): string {
  return `hold/${of}`
}

/** What the actuator is told: `enforce`, `hold`, `retire` and `withdraw` are all that it knows. */
export function portsCommand(
  operation: 'enforce' | 'hold' | 'retire' | 'withdraw',
  input: Command['input'],
  timeoutMs: number = COMMAND_TIMEOUT_MS,
): Command {
  return { actuator: 'ports', operation, input, timeoutMs }
}
