/** Jobs. To run is not to be done: only a Job that is complete is current. */
import type { JsonObject } from '../../../core/units/json.ts'
import { printCondition } from './generic-status.ts'
import { conditionOf, numberAt } from './object-fields.ts'
import type { ObjectStatus } from './object-status.ts'

/** A Job: complete, failed for good, suspended, or still running. */
export function assessJob(object: JsonObject): ObjectStatus {
  const count = (name: string): number => numberAt(object, `status.${name}`, 0)
  const failed = conditionOf(object, 'Failed')
  if (failed?.status === 'True') {
    return { word: 'Failed', says: printCondition(failed), isFinal: true }
  }
  if (conditionOf(object, 'Complete')?.status === 'True') {
    return { word: 'Current', says: `it is complete, ${count('succeeded')} pods succeeded` }
  }
  const suspended = conditionOf(object, 'Suspended')
  if (suspended?.status === 'True') return { word: 'InProgress', says: 'it is suspended' }
  const says = `${count('succeeded')} pods succeeded, ${count('active')} are active, ${count('failed')} failed`
  return { word: 'InProgress', says }
}
