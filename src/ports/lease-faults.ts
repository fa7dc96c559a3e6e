/** What cannot be done to a lease, for whoever asked for it. */
import { Fault } from '../core/fault/fault.ts'
import type { PortLease } from '../core/port/port-lease.ts'

/** It is in no state for that. */
export function wrongState({ id }: Pick<PortLease, 'id'>, hint: string): Fault {
  return new Fault({ code: 'lease-state', operation: 'move a lease', subject: id, hint })
}

/** There is none of that id. */
export function unknownLease(id: string): Fault {
  return new Fault({
    code: 'lease-unknown',
    operation: 'find a lease',
    subject: id,
    hint: 'There is none of that id; it may have ended. List them: `rampart ports list`.',
  })
}
