/** What is not as it should be with a server, its stream and its consumer, before any canary is sent. */
import type { CollectedFacts, ConsumerFacts } from './facts.ts'
import type { CanaryInput, NatsInput } from './nats-input.ts'

/** Something that is not as it should be. */
export interface Shortcoming {
  readonly reason: string
  readonly says: string
}

/** Whether everything else is as it should be, so that a canary would tell something. */
export function canaryMayBeSent(input: NatsInput, facts: CollectedFacts): boolean {
  return findWrongState(input, facts) === undefined
}

/** The first that is not as it should be. */
export function findWrongState(input: NatsInput, facts: CollectedFacts): Shortcoming | undefined {
  const { server, stream, consumer } = facts
  if (server?.isEnding === true) {
    return { reason: 'shutting-down', says: 'asks its clients to go, because it will end' }
  }
  if (stream?.leader === '') {
    return { reason: 'no-leader', says: `has nobody who leads the stream ${input.stream}` }
  }
  if (consumer === undefined) return undefined
  if (input.canary !== undefined && stream?.mayDelete === false) {
    const says = `lets nothing be taken out of ${input.stream}, where canaries would pile up`
    return { reason: 'canary-unremovable', says }
  }
  return findIdle(input, consumer) ?? findBacklog(input, consumer)
}

function findIdle(input: NatsInput, consumer: ConsumerFacts): Shortcoming | undefined {
  const named = `consumer ${input.consumer} of ${input.stream}`
  if (consumer.leader === '') return { reason: 'no-leader', says: `has nobody who leads ${named}` }
  if (consumer.isPaused) return { reason: 'paused', says: `has paused the ${named}` }
  const { canary, waitingMin = 0 } = input
  if (waitingMin > 0 || canary !== undefined) {
    if (consumer.isPush && !consumer.isBound) {
      return { reason: 'no-worker', says: `has nobody who listens to the ${named}` }
    }
  }
  if (!consumer.isPush && consumer.waiting < waitingMin) {
    const says = `has ${consumer.waiting} pulls waiting at the ${named}; ${waitingMin} expected`
    return { reason: 'no-worker', says }
  }
  return canary === undefined ? undefined : findUnprovable(canary, named, consumer)
}

/** A canary that would tell nothing, whatever became of it. */
function findUnprovable(
  { subject }: CanaryInput,
  named: string,
  { acknowledges, filters }: ConsumerFacts,
): Shortcoming | undefined {
  if (acknowledges === 'none') {
    const says = `has the ${named} acknowledge nothing, so that no canary can prove that it works`
    return { reason: 'no-acknowledgements', says }
  }
  if (filters.length === 0 || filters.some((filter) => matches(filter, subject))) return undefined
  const takes = filters.slice(0, 5).join(', ')
  const says = `has the ${named} take only ${takes}, which the canary's ${subject} is none of`
  return { reason: 'wrong-subject', says }
}

function findBacklog(input: NatsInput, consumer: ConsumerFacts): Shortcoming | undefined {
  const { pendingMax, unacknowledgedMax } = input
  const { pending, unacknowledged } = consumer
  const named = `consumer ${input.consumer} of ${input.stream}`
  if (pendingMax !== undefined && pending > pendingMax) {
    const says = `keeps ${pending} messages for the ${named}; at most ${pendingMax} expected`
    return { reason: 'backlog', says }
  }
  if (unacknowledgedMax !== undefined && unacknowledged > unacknowledgedMax) {
    const says = `waits for ${unacknowledged} acknowledgements of the ${named}; at most ${unacknowledgedMax} expected`
    return { reason: 'unacknowledged', says }
  }
  return undefined
}

/** Whether a subject is one that a filter with its `*` and `>` means. */
export function matches(filter: string, subject: string): boolean {
  const wanted = filter.split('.')
  const words = subject.split('.')
  const rest = wanted.indexOf('>')
  if (rest === -1 ? wanted.length !== words.length : words.length <= rest) return false
  return wanted.every((word, at) => at === rest || word === '*' || word === words[at])
}
