/** Why a start cannot have ports that somebody has: the sentences for people. */
import type { PortLease } from '../../core/port/port-lease.ts'
import { printServicePort } from '../../core/port/port-owner.ts'
import type { NoPorts } from './port-source.ts'

/** A living process has it that no start of the component is. */
export function notOurs({ claim, process, owner, front }: PortLease): NoPorts {
  const of = `${printServicePort(owner)} is ${claim.port}, which process ${process?.pid ?? '?'} has`
  const sentence =
    front === undefined
      ? `${of}, and that is no start of it. End it, or give it ports of its own: ` +
        '`rampart ports run --scope NAME`.'
      : `${of} as its front. Bring the component down before it listens there itself.`
  return { reason: 'taken', sentence }
}

/** Who had it may live. */
export function notDead({ claim, process, owner, because }: PortLease): NoPorts {
  const start = owner.instance === undefined ? '' : ` of start ${owner.instance}`
  const who = `process ${process?.pid ?? '?'}${start}`
  const sentence = `${claim.port} is still ${who}, whose death is not proved: ${because}`
  return { reason: 'not-proved-dead', sentence }
}

/** A start that runs was to be the only one. */
export function notBeside({ claim, process, owner }: PortLease): NoPorts {
  const sentence =
    `${printServicePort(owner)} is ${claim.port}, which process ${process?.pid ?? '?'} has as the only start, so that ` +
    'none beside it can have ports of its own. Bring the component down before it is replaced as it says now.'
  return { reason: 'taken', sentence }
}
