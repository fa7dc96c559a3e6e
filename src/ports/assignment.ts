/** A lease that a process is given: what is recorded of it. */
import type { PortMoved } from '../core/port/port-entries.ts'
import type { PortLease, ProcessIdentity } from '../core/port/port-lease.ts'

/**
 * What is to be recorded; undefined: it has it already. To one that accepts on the same socket as who had
 * it, a lease goes without a moment in which nobody serves.
 *
 * @param hasSocket asked only where that may be so
 */
export function assignment(
  lease: PortLease,
  process: ProcessIdentity,
  hasSocket: () => boolean,
): Omit<PortMoved, 'type' | 'lease'> | undefined {
  const { state, giving, process: before } = lease
  const isServing = state === 'ready' || state === 'active'
  const isSame = before?.pid === process.pid && before.started === process.started
  if (isSame && (isServing || state === 'assigned')) return undefined
  if (isServing && giving === 'descriptor' && hasSocket()) {
    const after = before === undefined ? '' : `, after process ${before.pid}`
    return { to: state, because: `Process ${process.pid} has its socket now${after}.`, process }
  }
  const because = `Given to process ${process.pid}, which does not listen yet.`
  return { to: 'assigned', because, process }
}
