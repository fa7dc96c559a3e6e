/** What is wrong about ports, as it is told: which rule, how bad, where, and what to do about it. */
import type { PortSpan } from '../../core/port/machine-facts.ts'
import type { PortProtocol } from '../../core/port/port-claim.ts'
import type { Severity } from '../../core/port/written-claim.ts'
import type { FoundPort } from '../found/found-port.ts'

/** Every rule, and what it is about. */
export const SCAN_RULES = {
  conflict: 'Two programs that are started together listen on the same port.',
  'duplicate-container-port': 'A pod or a service names one of its ports twice.',
  'out-of-range': 'A port lies outside the range that a contract has for its service.',
  'wrong-environment': 'A port lies in the range of another environment.',
  undeclared: 'No contract says anything about the port.',
  'dangling-consumer': 'A program connects to a port that nobody serves.',
  taken: 'Somebody listens on the port, or has leased it, now.',
  ephemeral: 'The kernel gives the port to outgoing connections.',
  'browser-blocked': 'Browsers refuse to connect to the port.',
} as const

/** The name of a rule. */
export type ScanRule = keyof typeof SCAN_RULES

/** One thing that is wrong. */
export interface ScanFinding extends PortSpan {
  readonly rule: ScanRule
  readonly severity: Severity
  readonly protocol: PortProtocol
  /** As of a FoundPort. */
  readonly scope: string
  /** Every port that has a part in it, sorted by place. Never empty. */
  readonly ports: readonly FoundPort[]
  /** What is wrong, in one sentence. */
  readonly sentence: string
  /** What to do about it, in one sentence. */
  readonly remedy: string
  /** The same as long as the same things are written in the same files, on whatever line. */
  readonly fingerprint: string
}

/** A finding before it has its fingerprint. */
export type RawFinding = Omit<ScanFinding, 'fingerprint'>
