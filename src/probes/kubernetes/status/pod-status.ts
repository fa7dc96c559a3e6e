/** Pods, and why their containers do not run. */
import type { JsonObject } from '../../../core/units/json.ts'
import { printCondition } from './generic-status.ts'
import { conditionOf, numberAt, objectsAt, textAt } from './object-fields.ts'
import type { ObjectStatus } from './object-status.ts'

/** A pod for which no node was found for so long has failed; before, the scheduler may not have looked. */
const UNSCHEDULABLE_MS = 15_000

/** A Pod: it is ready, or it has done what it should and ended. */
export function assessPod(object: JsonObject, nowMs: number): ObjectStatus {
  const phase = textAt(object, 'status.phase')
  if (phase === 'Succeeded') return { word: 'Current', says: 'it has ended as it should' }
  if (phase === 'Failed') {
    const why = [textAt(object, 'status.reason'), textAt(object, 'status.message'), findEnd(object)]
    const says = ['it has failed', ...why.filter((text) => text !== '')].join(', ')
    return { word: 'Failed', says, isFinal: true }
  }
  const loop = findWaiting(object, 'CrashLoopBackOff')
  if (loop !== undefined) return { word: 'Failed', says: loop }
  if (phase === 'Running') return assessRunning(object)
  if (phase === 'Pending') return assessPending(object, nowMs)
  const says = phase === '' ? 'it has no phase yet' : `its phase is ${phase}`
  return { word: phase === '' ? 'InProgress' : 'Unknown', says }
}

function assessRunning(object: JsonObject): ObjectStatus {
  const ready = conditionOf(object, 'Ready')
  if (ready?.status === 'True') return { word: 'Current', says: 'it is Ready' }
  const waiting = findWaiting(object)
  const says = ready === undefined ? 'it does not say Ready' : printCondition(ready)
  return { word: 'InProgress', says: waiting === undefined ? says : `${says}; ${waiting}` }
}

function assessPending(object: JsonObject, nowMs: number): ObjectStatus {
  const scheduled = conditionOf(object, 'PodScheduled')
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    const sinceMs = Date.parse(textAt(object, 'metadata.creationTimestamp'))
    const isOld = nowMs - sinceMs >= UNSCHEDULABLE_MS
    return { word: isOld ? 'Failed' : 'InProgress', says: printCondition(scheduled) }
  }
  return { word: 'InProgress', says: findWaiting(object) ?? 'it is Pending' }
}

/** `container api waits: ImagePullBackOff, no such image`. */
function findWaiting(object: JsonObject, reason?: string): string | undefined {
  for (const container of containersOf(object)) {
    const found = textAt(container, 'state.waiting.reason')
    if (found === '' || (reason !== undefined && found !== reason)) continue
    const restarts = numberAt(container, 'restartCount', 0)
    const after = restarts === 0 ? '' : `, after ${restarts} restarts`
    const message = textAt(container, 'state.waiting.message').replace(/\s+/g, ' ').slice(0, 300)
    const why = message === '' ? '' : `, ${message}`
    return `container ${textAt(container, 'name')} waits: ${found}${after}${why}`
  }
  return undefined
}

/** `container api exited with 1 (Error)`. */
function findEnd(object: JsonObject): string {
  for (const container of containersOf(object)) {
    const code = numberAt(container, 'state.terminated.exitCode', 0)
    if (code === 0) continue
    const reason = textAt(container, 'state.terminated.reason')
    const why = reason === '' ? '' : ` (${reason})`
    return `container ${textAt(container, 'name')} exited with ${code}${why}`
  }
  return ''
}

function containersOf(object: JsonObject): readonly JsonObject[] {
  return [
    ...objectsAt(object, 'status.initContainerStatuses'),
    ...objectsAt(object, 'status.containerStatuses'),
  ]
}
