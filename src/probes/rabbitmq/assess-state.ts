/** What is not as it should be with a broker and its queue, before any canary is sent. */
import type { CollectedFacts, ManagementFacts, QueueFacts } from './facts.ts'
import type { RabbitmqInput } from './rabbitmq-input.ts'

/** Something that is not as it should be. */
export interface Shortcoming {
  readonly reason: string
  readonly says: string
}

/** Whether everything else is as it should be, so that a canary would tell something. */
export function canaryMayBeSent(input: RabbitmqInput, facts: CollectedFacts): boolean {
  return findWrongState(input, facts) === undefined
}

/** The first that is not as it should be. */
export function findWrongState(
  input: RabbitmqInput,
  { management, queue }: CollectedFacts,
): Shortcoming | undefined {
  const managed = management === undefined ? undefined : findManaged(input, management)
  if (managed !== undefined || queue === undefined) return managed
  return findIdle(input, queue) ?? findBacklog(input, queue, management)
}

function findManaged(
  { queue, type }: RabbitmqInput,
  management: ManagementFacts,
): Shortcoming | undefined {
  const { alarms, state } = management
  if (alarms.length > 0) {
    return { reason: 'alarms', says: `is in alarm and takes no messages: ${alarms.join(', ')}` }
  }
  if (type !== undefined && management.type !== type) {
    const found = management.type ?? 'of an unknown kind'
    return { reason: 'wrong-type', says: `has the queue ${queue} ${found}; ${type} expected` }
  }
  if (state !== undefined && /^(?:down|crashed|minority|stopped)$/.test(state)) {
    return { reason: 'queue-down', says: `says of the queue ${queue} that it is ${state}` }
  }
  return undefined
}

function findIdle(input: RabbitmqInput, { consumers }: QueueFacts): Shortcoming | undefined {
  // A canary that nobody can be given would only wait.
  const expected = input.consumersMin ?? (input.canary === undefined ? 0 : 1)
  if (consumers >= expected) return undefined
  const says = `has ${consumers} consumers at the queue ${input.queue}; ${expected} expected`
  return { reason: 'too-few-consumers', says }
}

function findBacklog(
  input: RabbitmqInput,
  { waiting }: QueueFacts,
  management: ManagementFacts | undefined,
): Shortcoming | undefined {
  const { queue, waitingMax, unacknowledgedMax } = input
  if (waitingMax !== undefined && waiting > waitingMax) {
    const says = `has ${waiting} messages waiting in the queue ${queue}; at most ${waitingMax} expected`
    return { reason: 'backlog', says }
  }
  if (unacknowledgedMax === undefined) return undefined
  const unacknowledged = management?.unacknowledged
  if (unacknowledged === undefined) {
    const says = `has not counted yet what of the queue ${queue} is unacknowledged`
    return { reason: 'uncounted', says }
  }
  if (unacknowledged <= unacknowledgedMax) return undefined
  const says = `waits for ${unacknowledged} acknowledgements of the queue ${queue}; at most ${unacknowledgedMax} expected`
  return { reason: 'unacknowledged', says }
}
