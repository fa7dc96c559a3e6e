/** A contract's rules in the words of a program that enforces them, and what those words cannot say. */
import { type PortsContract, toConnectPolicy } from '../../contracts/ports/definition.ts'
import type { ConnectPolicy } from '../../core/port/connect-policy.ts'

/** What was printed. */
export interface PrintedPolicy {
  /** Ends with a line feed; what could not be said stands in it as comments. */
  readonly text: string
  /** What could not be said, one sentence each. */
  readonly unsaid: readonly string[]
}

/** Prints the rules of all Ports contracts together, for one program. */
export type PolicyPrinter = (contracts: readonly PortsContract[]) => PrintedPolicy

/** What rules are judged by: all contracts together. */
export function policiesOf(contracts: readonly PortsContract[]): readonly ConnectPolicy[] {
  return contracts.map(toConnectPolicy)
}

/** From which contracts a text comes, as its first comment. */
export function headOf(contracts: readonly PortsContract[]): readonly string[] {
  const from = contracts.map(({ name, digest }) => `${name} (${digest})`)
  return [
    '# Written by Rampart; changes in here are lost. Who may connect, by the contract',
    ...from.map((one) => `# ${one}`),
  ]
}

/** What could not be said, as comments. */
export function commentsOf(unsaid: readonly string[]): readonly string[] {
  return unsaid.map((sentence) => `# Not here: ${sentence}`)
}
