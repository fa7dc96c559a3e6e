/** A change of hands by a shared socket, in words: who serves now, and what is going on. */
import { describeDuration } from '../../core/units/duration.ts'
import { namesOf, verb } from './sides-in-words.ts'
import type { SharedTransition, Step } from './transition.ts'

/** What a step is called. */
export const SHARED_STEPS: Readonly<Record<'start' | 'prove' | 'rest' | 'stop', string>> = {
  start: 'Start the new one beside the old one, with the same socket',
  prove: 'Prove that the new one is ready; it may accept before that',
  rest: 'Prove everything else of the ramp, while both accept',
  stop: 'Ask the old one to end; it finishes what it has',
}

type Told = Omit<SharedTransition, 'sentence'>

/** Who serves now, in a sentence. */
export function sharedSentence(transition: Told): string {
  const { fresh, freshAt, isKept, isUndone } = transition
  if (isKept) return `${namesOf(fresh)} runs already as wanted; nothing changes hands.`
  if (isUndone) return capital(takenBack(transition))
  if (freshAt === 'accepts') return capital(servedByNew(transition))
  return capital(freshAt === 'unproved' ? unproved(transition) : notStarted(transition))
}

/** When an old one that was asked to end is killed; undefined: the plan does not say it. */
export function killedAfter({ end }: Told): string | undefined {
  if (end === undefined) return undefined
  const unless = end.isRuled ? ', unless a Ports contract says otherwise' : ''
  return `What has not ended after ${describeDuration(end.graceMs)} is killed${unless}.`
}

function notStarted({ steps }: Told): string {
  const goesOn = 'whoever served before serves on'
  switch (standingOf(steps, 'start')) {
    case 'failed':
      return `${goesOn}: the new one did not start.`
    case 'doing':
      return `${goesOn}; the new one is being started beside it.`
    default:
      return `${goesOn}; the new one is not started yet.`
  }
}

function unproved(told: Told): string {
  const { fresh, steps, old } = told
  const name = namesOf(fresh)
  const serves = `${oldName(told)} ${verb(old, 'serves', 'serve')}`
  const before = isNobodyBefore(told) ? 'nobody served before' : serves
  switch (standingOf(steps, 'prove')) {
    case 'failed':
      return `${before}; ${name} is not proved, yet runs, and may answer on the same socket.`
    case 'done':
      return `${before}; what proved ${name} does not hold any more.`
    default:
      return `${before}; ${name} is being proved, and may answer on the same socket already.`
  }
}

function servedByNew(told: Told): string {
  const { fresh, old, steps } = told
  const serves = `${namesOf(fresh)} serves`
  if (isNobodyBefore(told)) return `${serves}; nobody did before.`
  const name = oldName(told)
  const [is, has, finishes] = [
    verb(old, 'is', 'are'),
    verb(old, 'has', 'have'),
    verb(old, 'finishes what it has', 'finish what they have'),
  ]
  switch (standingOf(steps, 'stop')) {
    case 'done':
      return told.isUnclean
        ? `${serves}; ${name} had to be killed, and what was under way there was cut off.`
        : `${serves}; ${name} ${has} ended.`
    case 'failed':
      return told.end?.isAsked === true
        ? `${serves}; ${name} could not be ended.`
        : `${name} ${verb(old, 'serves', 'serve')} on: nobody runs in its place.`
    case 'doing':
      return `${serves}; ${name} ${is} asked to end, and ${finishes}.`
    default:
      return `${name} and ${namesOf(fresh)} serve on the same socket, until all else is proved.`
  }
}

function takenBack(told: Told): string {
  const { fresh, freshAt, old, steps } = told
  const started = standingOf(steps, 'start')
  const [name, goes] = [oldName(told), namesOf(fresh)]
  const isGoing = freshAt !== 'away'
  const back = isGoing ? `${goes} is being taken back` : `${goes} is taken back`
  if (isNobodyBefore(told)) {
    return isGoing
      ? `${back}; nobody served before.`
      : `nobody serves: ${back}, and nobody served before.`
  }
  const serves = `${name} ${verb(old, 'serves', 'serve')}`
  if (started === 'todo') return `${serves} on; the new one is not started.`
  if (started === 'failed' && !isGoing) return `${serves}, as before: the new one did not start.`
  if (told.oldAt === 'away') return `${back}, though ${name} had ended: nobody serves.`
  if (told.end?.isAsked === true) {
    return `${back}, though ${name} ${verb(old, 'was', 'were')} asked to end.`
  }
  return isGoing ? `${serves} on; ${back}.` : `${serves}, as before: ${back}.`
}

function isNobodyBefore({ isOldKnown, old }: Told): boolean {
  return isOldKnown && old.length === 0
}

function oldName({ isOldKnown, old }: Told): string {
  return isOldKnown ? namesOf(old) : 'whoever served before'
}

function standingOf(steps: readonly Step[], key: Step['key']): Step['standing'] | undefined {
  return steps.find((step) => step.key === key)?.standing
}

/** A sentence may begin with a name, which is written as it is. */
function capital(sentence: string): string {
  if (/^\S*#/.test(sentence)) return sentence
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`
}
