/**
 * How an owner parts with its port when others serve from now on: what happens, by whose words, and how
 * long each step may take. It is told when traffic is moved, since nobody knows before who serves until
 * then; what comes after goes by what is recorded of it on the lease.
 */
import { printDuration } from '../units/duration.ts'
import type { PortLease } from './port-lease.ts'
import type { PortTransition } from './port-transition.ts'

/** How a lease that drains ends. */
export interface Parting {
  readonly event: PortTransition['event']
  /** Whose words `drainMs` and `lingerMs` are; `default`: nobody says any. */
  readonly by: 'component' | 'contract' | 'default'
  /** The Ports contract whose rule has a part in it; absent: none has. */
  readonly contract?: string
  /** How long what is under way may take, from when nothing new comes. @unit ms */
  readonly drainMs: number
  /** How long it stays once nothing is under way. */
  readonly lingerMs: number
  /** How long its port is kept from others, by that contract; absent: as its range says. */
  readonly coolingMs?: number
}

/** What is under way at those who serve no more. */
export interface Underway {
  /** Requests, or connections; undefined: it cannot be told. */
  readonly count: number | undefined
  /** How much longer they stay although nothing is under way. @unit ms */
  readonly stayMs: number
  /** Something is, or may be, under way, and the time is over that this gave to it. */
  readonly over?: Parting
}

/** What a component says of it itself: with one of the words it says both. */
export interface OwnParting {
  /** @unit ms */
  readonly drainMs?: number | undefined
  readonly lingerMs?: number | undefined
}

/** How long what is under way may take when nobody says it. @unit ms */
export const DRAIN_MS = 30_000

/** The most that draining and staying take by the rule of a contract, whatever it says. @unit ms */
export const PARTING_MOST_MS = 600_000

type Owners = readonly Pick<PortLease, 'id' | 'claim'>[]

/**
 * What it is when other owners serve than before; undefined: nobody did, or they are the same. Who has
 * died serves no more, so that whoever comes for them is one more.
 */
export function eventOf(before: Owners, after: Owners): PortTransition['event'] | undefined {
  const gone = without(before, after)
  const come = without(after, before)
  if (gone.length === 0) return before.length === 0 || come.length === 0 ? undefined : 'scale-up'
  if (come.length === 0) return 'scale-down'
  const left = new Set(gone.flatMap(({ claim }) => claim.addresses))
  const isElsewhere = come.every(({ claim }) => claim.addresses.every((one) => !left.has(one)))
  return isElsewhere ? 'migrate' : 'roll'
}

/** Those of one list that are not in the other. */
export function without<One extends { readonly id: string }>(
  these: readonly One[],
  those: readonly { readonly id: string }[],
): readonly One[] {
  return these.filter(({ id }) => !those.some((other) => other.id === id))
}

/** What a parting is told from. */
export interface PartingParts {
  readonly event: PortTransition['event']
  /** Of the contract that granted the port; absent: none did. */
  readonly rule?: PortTransition | undefined
  readonly contract?: string | undefined
  readonly own: OwnParting
  /** What is left of the rule's deadline; absent: it sets none. @unit ms */
  readonly leftMs?: number | undefined
}

/** The component's own words, else those of the rule, else what is usual. Cooling is the rule's alone. */
export function partingOf({ event, rule, contract, own, leftMs }: PartingParts): Parting {
  const isOwn = own.drainMs !== undefined || own.lingerMs !== undefined
  const by = isOwn ? 'component' : rule === undefined ? 'default' : 'contract'
  const { drainMs = DRAIN_MS, lingerMs = 0 } = isOwn ? own : (rule ?? {})
  const limits = [...(by === 'contract' ? [PARTING_MOST_MS] : []), leftMs ?? Infinity]
  const mostMs = Math.max(0, Math.min(...limits))
  const drainedMs = Math.min(drainMs, mostMs)
  const hasPart = contract !== undefined && (by === 'contract' || rule?.coolingMs !== undefined)
  return {
    event,
    by,
    ...(hasPart ? { contract } : {}),
    drainMs: drainedMs,
    lingerMs: Math.min(lingerMs, mostMs - drainedMs),
    ...(rule?.coolingMs === undefined ? {} : { coolingMs: rule.coolingMs }),
  }
}

/** For people: `It is a roll: at most 20s to finish, and 5s more, as shop-ports says.` */
export function printParting(parting: Parting): string {
  const { event, by, contract = '', coolingMs } = parting
  const words = {
    component: ', as its component says',
    contract: `, as ${contract} says`,
    default: '',
  }
  const cooling =
    coolingMs === undefined
      ? ''
      : `; its port cools for ${printDuration(coolingMs)}${by === 'contract' ? '' : `, as ${contract} says`}`
  return `It is a ${event}: ${printTimes(parting)}${words[by]}${cooling}.`
}

/** How long it is given: `at most 20s to finish, and 5s more`. */
export function printTimes({ drainMs, lingerMs }: Pick<Parting, 'drainMs' | 'lingerMs'>): string {
  const most = `at most ${printDuration(drainMs)} to finish`
  return lingerMs === 0 ? most : `${most}, and ${printDuration(lingerMs)} more`
}
