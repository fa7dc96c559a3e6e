/**
 * What a machine has against a policy: ranges that its own outgoing connections would take ports of,
 * that it gives to nobody, or that Rampart may not listen on. Pure; the facts come from whoever asked
 * the kernel.
 */

import {
  commonSpan,
  type MachineFacts,
  PRIVILEGED_BELOW,
  printSpan,
  spanWithout,
  USUAL_OCCUPANTS,
} from './machine-facts.ts'
import { EVERY_ADDRESS, isLoopback } from './port-claim.ts'
import type { PortPolicy, PortRange } from './port-policy.ts'

/** Something that a machine has against a range. */
export interface Objection {
  readonly range: string
  readonly reason: 'ephemeral' | 'excluded' | 'occupied' | 'privileged' | 'no-such-address'
  /** Says what, and what to do about it. */
  readonly sentence: string
}

/** Everything that a machine has against a policy; empty: its ports can be granted here. */
export function objections(policy: PortPolicy, machine: MachineFacts): readonly Objection[] {
  return policy.ranges.flatMap((range) => [
    ...ephemeral(range, machine),
    ...excluded(range, machine),
    ...occupied(range, machine),
    ...privileged(range, machine),
    ...absent(range, machine),
  ])
}

function ephemeral(range: PortRange, machine: MachineFacts): readonly Objection[] {
  const common = commonSpan(range, machine.ephemeral)
  if (common === undefined) return []
  const open = spanWithout(common, machine.kept)
  if (open.length === 0) return []
  const ports = open.map(printSpan).join(', ')
  const remedy =
    machine.system === 'linux'
      ? `move the range, or keep them free: sysctl net.ipv4.ip_local_reserved_ports=${open.map(printSpan).join(',')}`
      : 'move the range'
  const sentence =
    `${range.name} has ${ports}, which this machine gives to outgoing connections ` +
    `(${printSpan(machine.ephemeral)}), so that one of them may take a port that is leased; ${remedy}.`
  return [{ range: range.name, reason: 'ephemeral', sentence }]
}

function excluded(range: PortRange, machine: MachineFacts): readonly Objection[] {
  const common = machine.excluded.flatMap((span) => commonSpan(range, span) ?? [])
  if (common.length === 0) return []
  const ports = common.map(printSpan).join(', ')
  const sentence = `${range.name} has ${ports}, which this machine gives to nobody; leave them out.`
  return [{ range: range.name, reason: 'excluded', sentence }]
}

function occupied(range: PortRange, { system }: MachineFacts): readonly Objection[] {
  if (range.protocol !== 'tcp') return []
  return Object.entries(USUAL_OCCUPANTS[system])
    .filter(([port]) => range.first <= Number(port) && Number(port) <= range.last)
    .map(([port, who]) => ({
      range: range.name,
      reason: 'occupied' as const,
      sentence: `${range.name} has ${port}, which ${who} listens on; leave it out.`,
    }))
}

function privileged(range: PortRange, machine: MachineFacts): readonly Objection[] {
  const { unprivilegedFrom: from, mayBindPrivileged } = machine
  if (range.first >= from || mayBindPrivileged) return []
  const below = { first: range.first, last: Math.min(range.last, from - 1) }
  const default_ = from === PRIVILEGED_BELOW ? '' : ' on this machine'
  const sentence =
    `${range.name} has ${printSpan(below)}, and below ${from} only root may listen${default_}; ` +
    'run the daemon with CAP_NET_BIND_SERVICE, or lower net.ipv4.ip_unprivileged_port_start.'
  return [{ range: range.name, reason: 'privileged', sentence }]
}

function absent(range: PortRange, { addresses }: MachineFacts): readonly Objection[] {
  // All of 127.0.0.0/8 is there without being listed.
  const missing = range.addresses.filter(
    (one) => !EVERY_ADDRESS.includes(one) && !isLoopback(one) && !addresses.includes(one),
  )
  const noFamily6 = range.addresses.includes('::1') && !addresses.includes('::1')
  const all = noFamily6 ? [...missing, '::1'] : missing
  if (all.length === 0) return []
  const sentence = `${range.name} is on ${all.join(' and ')}, which this machine does not have.`
  return [{ range: range.name, reason: 'no-such-address', sentence }]
}
