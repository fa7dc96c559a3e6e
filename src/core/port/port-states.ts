/**
 * The machine of states of a lease: which move may follow which. `free` is the absence of a record:
 * every life begins and ends there.
 */
import type { PortLease, PortState } from './port-lease.ts'

/** Where a lease may go from each state. */
const MOVES: Readonly<Record<PortState, readonly (PortState | 'free')[]>> = {
  // The hold comes late, as when what holds was dead for a moment.
  reserved: ['held', 'assigned', 'stolen', 'quarantined', 'cooling', 'free'],
  held: ['reserved', 'assigned', 'stolen', 'quarantined', 'cooling', 'free'],
  assigned: ['reserved', 'held', 'ready', 'stolen', 'orphaned', 'quarantined', 'cooling'],
  ready: [
    'reserved',
    'held',
    'assigned',
    'active',
    'draining',
    'stolen',
    'orphaned',
    'quarantined',
    'cooling',
  ],
  active: [
    'reserved',
    'held',
    'assigned',
    'ready',
    'draining',
    'stolen',
    'orphaned',
    'quarantined',
    'cooling',
  ],
  // Back again: a transition that failed leaves what it found.
  draining: ['ready', 'active', 'stolen', 'orphaned', 'quarantined', 'cooling'],
  cooling: ['free'],
  // Who was taken for a thief may turn out to be the owner's own, and thieves leave.
  stolen: ['reserved', 'held', 'assigned', 'ready', 'orphaned', 'quarantined', 'cooling', 'free'],
  // What an owner left behind is gone as well, and its socket waits for the next start.
  orphaned: ['held', 'assigned', 'ready', 'stolen', 'quarantined', 'cooling'],
  quarantined: ['reserved', 'held', 'assigned', 'ready', 'stolen', 'orphaned', 'cooling', 'free'],
}

/** The states in which a lease may begin. */
export const FIRST_STATES: readonly PortState[] = ['reserved', 'held']

/** Every state, in the order of a life. */
export const PORT_STATES: readonly PortState[] = [
  'reserved',
  'held',
  'assigned',
  'ready',
  'active',
  'draining',
  'cooling',
  'stolen',
  'orphaned',
  'quarantined',
]

/** Whether a lease may go from one state to another. */
export function mayMove(from: PortState, to: PortState | 'free'): boolean {
  return MOVES[from].includes(to)
}

/** Where a lease may go from a state. */
export function movesFrom(from: PortState): readonly (PortState | 'free')[] {
  return MOVES[from]
}

/** Whether a lease in this state is its owner's to use: the same wish again gives it. */
export function isUsable(state: PortState): boolean {
  return ['reserved', 'held', 'assigned', 'ready', 'active'].includes(state)
}

/** Whether some process is meant to listen in this state. */
export function isListenedTo(state: PortState): boolean {
  return ['assigned', 'ready', 'active', 'draining'].includes(state)
}

/** Whether nobody has it yet: it then lasts as long as its wish says. */
export function isWaiting(state: PortState): boolean {
  return state === 'reserved' || state === 'held'
}

/** Whether a ramp holds it for whoever takes it, and nobody was promised it. */
export function isSpare({ state, process, expiresAtMs }: PortLease): boolean {
  return isWaiting(state) && process === undefined && expiresAtMs === undefined
}
