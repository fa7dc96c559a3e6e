/** Ports that somebody else listens on than who was given them: for `status`. */
import { printOwner } from '../../core/port/port-owner.ts'
import { printPort } from '../../core/port/port-protocols.ts'
import type { PortLease } from '../../server/wire/ports.ts'
import { MARKS, type Paint } from './paint.ts'

/** A section with a title, and what to type next; nothing where nothing is stolen. */
export function stolenLines(stolen: readonly PortLease[], paint: Paint): readonly string[] {
  const [first] = stolen
  if (first === undefined) return []
  const lines = stolen.map(({ owner, claim, because }) => {
    const line = `${printOwner(owner)}, ${printPort(claim.port, claim.protocol)}: ${because}`
    return `  ${paint.mood('bad', MARKS.bad)} ${line}`
  })
  const next = `  Next: rampart ports explain ${first.claim.port}`
  return [paint.bold('Stolen ports'), ...lines, next, '']
}
