/** A change of hands behind a front, in words: who serves now, and what is going on. */
import { namesOf, verb } from './sides-in-words.ts'
import type { FrontedTransition, Step } from './transition.ts'

/** What a step is called. */
export const FRONTED_STEPS: Readonly<Record<Step['key'], string>> = {
  front: 'Open the front, and hold its port',
  start: 'Lease a port, and start the new one beside the old one',
  prove: 'Prove that the new one is ready, by its own port',
  route: 'Send what is new to the new one, and nothing to the old one',
  rest: 'Prove everything else of the ramp',
  drain: 'See nothing under way at the old one',
  stop: 'Stop the old one; its port cools, then it is free',
}

/** Who serves now, in a sentence. */
export function frontedSentence(transition: Omit<FrontedTransition, 'sentence'>): string {
  const { pointing, isUndone, steps, before } = transition
  const [old, fresh] = [namesOf(before), namesOf(transition.fresh)]
  const served = new Set(before.map(({ instance }) => instance))
  const isKept = transition.fresh.every(({ instance }) => served.has(instance))
  if (isKept && transition.old.length === 0 && served.size > 0) {
    return `${fresh} ${verb(transition.fresh, 'runs', 'run')} already as wanted; nothing changes hands.`
  }
  if (pointing === 'moving') {
    return isUndone
      ? `Traffic is being sent back to ${old === '' ? 'nobody' : old}.`
      : `Traffic is being moved to ${fresh}.`
  }
  if (pointing === 'new') return servedByNew(transition)
  if (pointing === 'nobody') return 'Nobody serves yet: clients wait at the front.'
  const serves = `${old} ${verb(before, 'serves', 'serve')}`
  if (isUndone) return `${serves}, as before: the new one is taken back.`
  const isFailed = steps.some(({ standing }) => standing === 'failed')
  if (isFailed) return `${serves}, as before: the new one gets nothing.`
  return `${serves}; the new one gets nothing before it is proved.`
}

function servedByNew(transition: Omit<FrontedTransition, 'sentence'>): string {
  const { steps, underWay, isUnclean, before, fresh } = transition
  const serves = `${namesOf(fresh)} ${verb(fresh, 'serves', 'serve')}`
  const old = namesOf(transition.old)
  const standing = (key: Step['key']): Step['standing'] | undefined =>
    steps.find((step) => step.key === key)?.standing
  if (before.length === 0) return `${serves}; nobody did before.`
  if (old === '') return `${serves}; nobody is to go.`
  if (standing('stop') === 'done') {
    const how = isUnclean ? 'stopped with something still under way' : 'stopped, cleanly'
    return `${serves}; ${old} ${verb(transition.old, 'is', 'are')} ${how}.`
  }
  if (standing('stop') === 'failed') return `${serves}; ${old} could not be stopped.`
  if (isUnclean) return `${serves}; the time of ${old} is over, and what is under way is cut off.`
  const count = standing('drain') === 'doing' ? underWay?.count : undefined
  if (count === undefined || count === 0) {
    return `${serves}; ${old} ${verb(transition.old, 'gets', 'get')} nothing new.`
  }
  return `${serves}; ${count === 1 ? '1 request is' : `${count} requests are`} under way at ${old}.`
}
