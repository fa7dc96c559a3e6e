/** What conditions say of an object whose kind has no rule of its own. */
import type { JsonObject } from '../../../core/units/json.ts'
import { type Condition, conditionsOf, numberAt } from './object-fields.ts'
import type { ObjectStatus } from './object-status.ts'

/** Conditions that are `True` when all is well. */
const GOOD = ['Ready', 'Available', 'Healthy', 'Established', 'Accepted', 'Programmed']
/** Conditions that are `True` when all is lost. */
const BAD = ['Stalled', 'Failed']

/** What kstatus calls the abnormal conditions: they come before the rules of any kind. */
export function findStall(object: JsonObject): ObjectStatus | undefined {
  const conditions = conditionsOf(object)
  const stalled = conditions.find(({ type, status }) => type === 'Stalled' && status === 'True')
  if (stalled !== undefined) return { word: 'Failed', says: printCondition(stalled) }
  const busy = conditions.find(({ type, status }) => type === 'Reconciling' && status === 'True')
  return busy === undefined ? undefined : { word: 'InProgress', says: printCondition(busy) }
}

/**
 * All conditions that say how it is must say so of the present generation.
 *
 * @returns `Unknown` when there is none that says how it is
 */
export function assessGenericConditions(object: JsonObject): ObjectStatus {
  const generation = numberAt(object, 'metadata.generation', 0)
  const conditions = conditionsOf(object)
  const bad = conditions.find(({ type, status }) => BAD.includes(type) && status === 'True')
  if (bad !== undefined) return { word: 'Failed', says: printCondition(bad) }
  const good = conditions.filter(({ type }) => GOOD.includes(type))
  const stale = good.find(({ observedGeneration = generation }) => observedGeneration < generation)
  if (stale !== undefined) {
    const says = `its condition ${stale.type} is of generation ${stale.observedGeneration}, and it is at ${generation}`
    return { word: 'InProgress', says }
  }
  const open = good.find(({ status }) => status !== 'True')
  if (open !== undefined) return { word: 'InProgress', says: printCondition(open) }
  if (good.length > 0) {
    return { word: 'Current', says: good.map(({ type }) => `it is ${type}`).join(', ') }
  }
  const told = conditions.map(({ type }) => type).slice(0, 5)
  const says =
    told.length === 0
      ? 'it has no condition that says how it is'
      : `its conditions (${told.join(', ')}) do not say how it is`
  return { word: 'Unknown', says }
}

/** `Ready is False: Pulling, image not there yet`. */
export function printCondition({ type, status, reason, message }: Condition): string {
  const why = [reason, message.replace(/\s+/g, ' ').slice(0, 300)].filter((text) => text !== '')
  return `${type} is ${status}${why.length === 0 ? '' : `: ${why.join(', ')}`}`
}
