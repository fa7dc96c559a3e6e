/** What `rampart ports explain PORT` says: who has it, since when, why, and who had it before. */

import { isEphemeral, type PortCircumstances, printEphemeral } from './port-circumstances.ts'
import type { PortClaim } from './port-claim.ts'
import type { PastLease, PortLease, PortState, PortThief } from './port-lease.ts'
import { printOwner } from './port-owner.ts'
import { isWaiting } from './port-states.ts'
import { printHolder } from './port-table.ts'
import { printProcess } from './print-process.ts'
import { unfitness } from './unfit-ports.ts'

/** What is known of one port number. */
export interface PortFacts {
  readonly port: number
  readonly leases: readonly PortLease[]
  readonly past: readonly PastLease[]
  /** Who listens and is nobody's leased process, nor the keeper. */
  readonly strangers: readonly PortThief[]
  /** How many connections of it are open. */
  readonly connections: number
  /** How many of its closed connections the kernel still remembers. */
  readonly timeWaits: number
  /** Why the contract that granted a lease would not grant it any more; undefined: it would. */
  whyOutdated?(lease: PortLease): string | undefined
  readonly circumstances: Pick<PortCircumstances, 'ephemeral' | 'reserved'>
}

/** Sentences for people, the most important first. */
export function explainPort(facts: PortFacts): readonly string[] {
  const { port, leases, past, strangers, circumstances } = facts
  const { ephemeral } = circumstances
  const isTaken = leases.length > 0 || strangers.length > 0
  const isThreatened = isEphemeral(port, circumstances)
  const unfit = unfitness(port)
  // A lease tells of its own thief.
  const others = strangers.filter(
    (stranger) => !leases.some(({ thief }) => isSameThief(thief, stranger)),
  )
  return [
    ...leases.flatMap((lease) => [...explainLease(lease), ...explainOutdated(lease, facts)]),
    ...others.map((stranger) => explainStranger(port, stranger)),
    ...(isTaken ? [] : [`Nobody has ${port}, and nobody listens on it.`]),
    ...lingering(facts),
    ...(isThreatened && ephemeral !== undefined ? [printEphemeral(port, ephemeral)] : []),
    ...(unfit === undefined ? [] : [`${port} is given only to who asks for it: ${unfit}.`]),
    ...past.map(explainPast),
  ]
}

function explainOutdated(lease: PortLease, facts: PortFacts): readonly string[] {
  const why = facts.whyOutdated?.(lease)
  if (why === undefined) return []
  return [`${lease.rule.contract} was amended: ${why} Until its owner is gone, it stays.`]
}

function explainLease(lease: PortLease): readonly string[] {
  const { claim, state, because, process, container, thief, expiresAtMs, coolUntilMs, shut } = lease
  const changed = new Date(lease.changedAtMs).toISOString()
  const sentences = [
    `${printClaim(claim)} is leased to ${printHolder(lease)} (${lease.id}).`,
    `It is ${state} since ${changed}: ${because}`,
  ]
  const shown = process === undefined ? '' : `, whose first process is ${process.pid}`
  if (container !== undefined) sentences.push(`Its container is ${container.name}${shown}.`)
  else if (process !== undefined) sentences.push(printOwnerProcess(process.pid, state))
  if (shut !== undefined) sentences.push(`Its front is shut: ${shut}`)
  if (thief !== undefined) sentences.push(explainStranger(claim.port, thief))
  if (expiresAtMs !== undefined) {
    sentences.push(
      `It ends at ${new Date(expiresAtMs).toISOString()} unless it is taken or renewed.`,
    )
  }
  if (coolUntilMs !== undefined) {
    sentences.push(`Another service may have it from ${new Date(coolUntilMs).toISOString()} on.`)
  }
  return sentences
}

/** What listens is often another: a shell, a package manager or a shim has started it. */
function printOwnerProcess(pid: number, state: PortState): string {
  if (isWaiting(state) || state === 'cooling') return `The last to have it was process ${pid}.`
  return (
    `It was given to process ${pid}; whoever listens, and \`rampart status\` names, may be one that ` +
    'this has started.'
  )
}

function explainStranger(port: number, thief: PortThief): string {
  const who = printProcess(thief, 'first')
  return `${who} listens on ${thief.address}, port ${port}, without a lease of it.`
}

function isSameThief(thief: PortThief | undefined, { pid, address }: PortThief): boolean {
  return thief !== undefined && thief.pid === pid && thief.address === address
}

function lingering({ port, connections, timeWaits }: PortFacts): readonly string[] {
  const sentences: string[] = []
  if (connections > 0) sentences.push(`${countOpen(connections, port)} open.`)
  if (timeWaits > 0) {
    sentences.push(`${countOpen(timeWaits, port)} in TIME_WAIT, for a minute at most.`)
  }
  return sentences
}

function countOpen(count: number, port: number): string {
  return count === 1 ? `1 connection of ${port} is` : `${count} connections of ${port} are`
}

function explainPast({ lease, freedAtMs, because }: PastLease): string {
  const from = new Date(lease.grantedAtMs).toISOString()
  const to = new Date(freedAtMs).toISOString()
  return `Before, ${printOwner(lease.owner)} had it from ${from} to ${to}: ${because}`
}

/** A claim for people: `15001/tcp on 127.0.0.1 and ::1`. */
export function printClaim({ protocol, port, addresses }: PortClaim): string {
  return `${port}/${protocol} on ${addresses.join(' and ')}`
}
