/**
 * Which leases that are live now a Ports contract touches when it is put in force: what an amendment
 * comes to on this machine, before it is done.
 */
import { whyNotGranted } from '../../core/port/granted-ports.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import { printOwner } from '../../core/port/port-owner.ts'
import { isSpare } from '../../core/port/port-states.ts'
import { secondOwners } from './compare.ts'
import { type PortsContract, toPolicy } from './definition.ts'

/** One lease that is touched. */
export interface TouchedLease {
  /** The lease's id. */
  readonly lease: string
  readonly port: number
  /**
   * `ramp`: it stays until its owner is gone, and the ramp waits for that; `refused`: the contract
   * cannot be put in force while it is there.
   */
  readonly verdict: 'ramp' | 'refused'
  readonly sentence: string
}

/** Every one of them, by port; of each the gravest that is to be said. */
export function touchedLeases(
  contract: PortsContract,
  leases: readonly PortLease[],
): readonly TouchedLease[] {
  return leases
    .toSorted((one, other) => one.claim.port - other.claim.port)
    .flatMap((lease) => touchedLease(contract, lease))
}

function touchedLease(contract: PortsContract, lease: PortLease): readonly TouchedLease[] {
  const { id, claim, owner, rule, state, process } = lease
  const touched = { lease: id, port: claim.port }
  const [refused] = secondOwners(contract.definition, [lease])
  if (refused !== undefined) {
    return [{ ...touched, verdict: 'refused', sentence: refused.sentence }]
  }
  const isOfEarlier = rule.contract === contract.name && rule.digest !== contract.digest
  if (!isOfEarlier || isSpare(lease) || state === 'cooling') return []
  const why = whyNotGranted(lease, toPolicy(contract))
  if (why === undefined) return []
  const who = process === undefined ? '' : `, process ${process.pid}`
  const since = new Date(lease.changedAtMs).toISOString()
  const has = `${printOwner(owner)} has ${claim.port} (${state}${who}, since ${since})`
  return [{ ...touched, verdict: 'ramp', sentence: `${has}: ${why}` }]
}
