/** Why there is no port, in one sentence: who has it, since when, by which rule, and until when. */
import type { RuledRange } from './match-range.ts'
import type { KernelRefusal } from './port-circumstances.ts'
import type { PortClaim } from './port-claim.ts'
import type { PastLease, PortLease, PortThief } from './port-lease.ts'
import { printOwner } from './port-owner.ts'
import { type PortTable, printHolder, printRule } from './port-table.ts'
import type { PortRefusal, PortWish } from './port-wish.ts'
import { printProcess } from './print-process.ts'

/** A refusal. */
export function refusal(reason: string, sentence: string, retryable: boolean): PortRefusal {
  return { verdict: 'refused', reason, sentence, retryable }
}

/** Another lease is in the way. */
export function inTheWay(lease: PortLease): PortRefusal {
  const { claim, state, because } = lease
  if (state === 'cooling') {
    const until = new Date(lease.coolUntilMs ?? lease.changedAtMs).toISOString()
    const sentence =
      `${claim.port} cools down after ${printOwner(lease.owner)} until ${until}, by ` +
      `${printRule(lease.rule)}: old connections and old knowledge of it may still be about.`
    return refusal('cooling', sentence, true)
  }
  const sentence = `${claim.port} is ${state} by ${printHolder(lease)}: ${because} ${endOf(lease)}`
  return refusal(state === 'stolen' || state === 'quarantined' ? state : 'taken', sentence, true)
}

/** A range is for this owner, but whoever asks may not claim of it. */
export function notYours(
  { range, rule }: RuledRange,
  { by = [] }: Pick<PortWish, 'by'>,
): PortRefusal {
  const [who = 'whoever asks'] = by
  const sentence =
    `Only ${(range.claim ?? []).join(', ')} may claim of ${printRule(rule)}, ` +
    `and ${who} is none of them by name, group or role.`
  return refusal('not-allowed', sentence, false)
}

/** What is fixed for a service's port, `shop/dns/dns`, is of the other protocol than was asked for. */
export function otherProtocol({ range, rule }: RuledRange, of: string): PortRefusal {
  const { protocol, fixed } = range
  const ask =
    protocol === 'udp'
      ? 'Ask for it with `--protocol udp`; a component with `protocol: udp` at that port.'
      : 'Ask for it without `--protocol udp`; a component without `protocol: udp` at that port.'
  const sentence = `${of} has ${fixed[of]}/${protocol} fixed by ${printRule(rule)}. ${ask}`
  return refusal('other-protocol', sentence, false)
}

/** Every port of a range is taken; says by whom, the greatest holders first. */
export function rangeFull({ range, rule }: RuledRange, table: PortTable): PortRefusal {
  const counts = new Map<string, number>()
  let cooling = 0
  let soonestMs = Number.POSITIVE_INFINITY
  for (const lease of table.leases()) {
    const { port, protocol } = lease.claim
    if (protocol !== range.protocol || port < range.first || port > range.last) continue
    const endMs = lease.coolUntilMs ?? lease.expiresAtMs
    if (endMs !== undefined) soonestMs = Math.min(soonestMs, endMs)
    if (lease.state === 'cooling') cooling += 1
    else counts.set(lease.owner.service, (counts.get(lease.owner.service) ?? 0) + 1)
  }
  const most = [...counts].sort(([, one], [, other]) => other - one).slice(0, 3)
  const holders = most.map(([service, count]) => `${service} has ${count}`).join(', ')
  const parts = [
    `No port of ${range.first}-${range.last} (${printRule(rule)}) is free`,
    holders === '' ? '' : `: ${holders}`,
    cooling === 0 ? '' : `; ${cooling} cool down`,
    Number.isFinite(soonestMs) ? `; the next ends at ${new Date(soonestMs).toISOString()}` : '',
  ]
  return refusal('range-full', `${parts.join('')}.`, true)
}

/** The kernel does not let us have it. */
export function heldByKernel(
  claim: PortClaim,
  { error, holder, sentence }: KernelRefusal,
  past: readonly PastLease[],
): PortRefusal {
  if (error === 'EACCES' || error === 'EPERM') {
    const rule = `${claim.port} may be listened on by root alone (${error}).`
    return refusal('privileged', `${rule} ${sentence ?? ''}`.trim(), false)
  }
  const [last] = past
  const before =
    last === undefined ? '' : ` Rampart last gave it to ${printOwner(last.lease.owner)}.`
  const who = holder === undefined ? (sentence ?? `The kernel says ${error}.`) : printThief(holder)
  return refusal('foreign', `${claim.port} is not Rampart's to give: ${who}${before}`, true)
}

/** Who listens and should not, as a sentence. */
export function printThief(thief: PortThief): string {
  return `${printProcess(thief)} listens on ${thief.address}.`
}

function endOf({ expiresAtMs, process }: PortLease): string {
  if (expiresAtMs !== undefined) return `It ends at ${new Date(expiresAtMs).toISOString()}.`
  return process === undefined
    ? 'It ends when it is released.'
    : `It ends when process ${process.pid} does, or when it is released.`
}
