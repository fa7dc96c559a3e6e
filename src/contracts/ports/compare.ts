/**
 * Two revisions of a Ports contract: what changes, and whether it may while leases are live. What a
 * live lease stands on is never pulled away: such a change is a ramp, old and new side by side, and a
 * port that would have two owners is refused.
 */
import { printSpan } from '../../core/port/machine-facts.ts'
import { isFor } from '../../core/port/may-claim.ts'
import type { PortLease } from '../../core/port/port-lease.ts'
import { printServicePort } from '../../core/port/port-owner.ts'
import { listWords } from '../document/describe-value.ts'
import { type DefinedRange, type PortsDefinition, servicePortOf } from './definition.ts'

/** One thing that changes. */
export interface PortsChange {
  /** `ramp`: old and new side by side until the named leases are gone. */
  readonly verdict: 'compatible' | 'ramp' | 'refused'
  readonly sentence: string
  /** Leases that the old revision is kept for. */
  readonly leases: readonly string[]
}

/** Every change, and the gravest verdict of them. */
export interface PortsComparison {
  readonly verdict: PortsChange['verdict']
  readonly changes: readonly PortsChange[]
}

/** Compares two revisions, for the leases of the old one that are live. */
export function comparePorts(
  before: PortsDefinition,
  after: PortsDefinition,
  live: readonly PortLease[] = [],
): PortsComparison {
  const names = [...new Set([...before.ranges, ...after.ranges].map(({ name }) => name))]
  const changes = [
    ...names.flatMap((name) => {
      const [old, young] = [before, after].map(({ ranges }) =>
        ranges.find((range) => range.name === name),
      )
      return changesOfRange(old, young, live)
    }),
    ...secondOwners(after, live),
    ...changesBeside(before, after),
  ]
  const verdict = (['refused', 'ramp'] as const).find((one) =>
    changes.some((change) => change.verdict === one),
  )
  return { verdict: verdict ?? 'compatible', changes }
}

function changesOfRange(
  old: DefinedRange | undefined,
  young: DefinedRange | undefined,
  live: readonly PortLease[],
): readonly PortsChange[] {
  if (old === undefined) {
    return young === undefined ? [] : [judged(`The range ${young.name} is new.`, [])]
  }
  const own = live.filter(({ rule }) => rule.range === old.name)
  if (young === undefined) return [judged(`The range ${old.name} is gone.`, own)]
  const differs = (key: keyof DefinedRange): boolean =>
    JSON.stringify(old[key]) !== JSON.stringify(young[key])
  const { name } = young
  const changes: PortsChange[] = []
  if (differs('first') || differs('last')) {
    const sentence = `${name} has ${printSpan(young)} instead of ${printSpan(old)}.`
    const out = own.filter(({ claim: { port } }) => port < young.first || port > young.last)
    changes.push(judged(sentence, out))
  }
  if (differs('protocol')) {
    changes.push(judged(`${name} is ${young.protocol} instead of ${old.protocol}.`, own))
  }
  if (differs('addresses')) {
    changes.push(judged(`${name} is on ${listWords(young.addresses, 'and')} now.`, own))
  }
  if (differs('for')) {
    const out = own.filter(({ owner }) => !isFor(young, owner))
    changes.push(judged(`${name} is for others now.`, out))
  }
  changes.push(...changesOfFixed(old, young, own))
  for (const key of ['perTenant', 'perService', 'claim', 'coolingMs', 'isHttp'] as const) {
    if (differs(key)) changes.push(judged(`${name}: ${WORDS[key]}; who has a port keeps it.`, []))
  }
  return changes
}

const WORDS = {
  perTenant: 'how many leases a tenant may have is another',
  perService: 'how many leases a service may have is another',
  claim: 'who may claim is another',
  coolingMs: 'ports cool for another time from now on',
  isHttp: 'whether browsers connect to it is another',
} as const

function changesOfFixed(
  old: DefinedRange,
  young: DefinedRange,
  live: readonly PortLease[],
): readonly PortsChange[] {
  const all = [...new Set([...Object.keys(old.fixed), ...Object.keys(young.fixed)])].sort()
  return all.flatMap((of) => {
    const [port, next] = [old.fixed[of], young.fixed[of]]
    if (port === next) return []
    const own = live.filter((lease) => isOf(lease, of) && lease.claim.port === port)
    if (port === undefined) return [judged(`${next} belongs to ${of} from now on.`, [])]
    if (next === undefined) return [judged(`${port} belongs to ${of} no longer.`, own)]
    return [judged(`${of} has ${next} instead of ${port}.`, own)]
  })
}

/** A port that is fixed for one service while another one has it would have two owners. */
export function secondOwners(
  after: PortsDefinition,
  live: readonly PortLease[],
): readonly PortsChange[] {
  return after.ranges.flatMap((range) =>
    Object.entries(range.fixed).flatMap(([of, port]) =>
      live
        .filter(
          ({ claim, ...lease }) =>
            claim.port === port && claim.protocol === range.protocol && !isOf(lease, of),
        )
        .map((lease): PortsChange => {
          const { id, owner, state } = lease
          const sentence = `${port} cannot belong to ${of}: ${printServicePort(owner)} has it (${state}); wait until it is free.`
          return { verdict: 'refused', sentence, leases: [id] }
        }),
    ),
  )
}

function isOf({ owner }: Pick<PortLease, 'owner'>, of: string): boolean {
  const { service, port } = servicePortOf(of)
  return owner.service === service && owner.port === port
}

const BESIDE = {
  connect: 'Who may connect to whom is another.',
  clients: 'What clients are known by is another.',
  names: 'Discovery has other names.',
  transitions: 'Ports change hands in another way from now on.',
  // A ramp reaches the regions that its contract names, and no other ones.
  regions:
    'Its regions are others. Where it is not in force any more it stays as it was, so bring it down ' +
    'there before: `rampart down`.',
} as const

function changesBeside(before: PortsDefinition, after: PortsDefinition): readonly PortsChange[] {
  const differs = (key: keyof PortsDefinition): boolean =>
    JSON.stringify(before[key]) !== JSON.stringify(after[key])
  const keys = ['connect', 'clients', 'names', 'transitions', 'regions'] as const
  return keys.filter(differs).map((key) => judged(BESIDE[key], []))
}

function judged(sentence: string, leases: readonly PortLease[]): PortsChange {
  if (leases.length === 0) return { verdict: 'compatible', sentence, leases: [] }
  const owners = leases.map(({ owner, claim }) => `${printServicePort(owner)} (${claim.port})`)
  const kept = `Until they are gone, what is now stays beside it for ${listWords(owners, 'and')}.`
  return { verdict: 'ramp', sentence: `${sentence} ${kept}`, leases: leases.map(({ id }) => id) }
}
