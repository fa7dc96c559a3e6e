/** What readers know to be wrong by the rules of their format: told as it is, whatever else there is. */
import { leastSevere, type Severity } from '../../core/port/written-claim.ts'
import type { FoundPort } from '../found/found-port.ts'
import { severityOf } from './conflicts.ts'
import type { RawFinding } from './finding.ts'

const MOST: Readonly<Record<'dangling-consumer' | 'out-of-range', Severity>> = {
  'dangling-consumer': 'warning',
  'out-of-range': 'error',
}

/** Every flaw of a port, as sure as the port is. */
export function findFlaws(ports: readonly FoundPort[]): readonly RawFinding[] {
  return ports.flatMap((port) => {
    const { flaw, first, last, protocol, scope } = port
    if (flaw === undefined) return []
    const severity = leastSevere([MOST[flaw.rule], severityOf(port)])
    return [{ ...flaw, severity, first, last, protocol, scope, ports: [port] }]
  })
}
