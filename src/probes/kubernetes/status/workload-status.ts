/**
 * Workloads: how far an update has got, and how many of the wanted are there. Each rule is a list of
 * counts that must be complete, in the order in which an update goes.
 */
import type { JsonObject } from '../../../core/units/json.ts'
import { printCondition } from './generic-status.ts'
import { conditionOf, numberAt, textAt } from './object-fields.ts'
import type { ObjectStatus } from './object-status.ts'

/** A count that must not be less than what is wanted. */
interface Count {
  readonly found: number
  readonly wanted: number
  /** `updated`, `ready`: `2 of 3 replicas are ready`. */
  readonly are: string
}

/** How many replicas an object wants; the API server fills in 1 when nothing is said. */
function wantedReplicas(object: JsonObject): number {
  return numberAt(object, 'spec.replicas', 1)
}

/** A Deployment: every replica is of the present template, available and ready, and no old one is left. */
export function assessDeployment(object: JsonObject): ObjectStatus {
  const progressing = conditionOf(object, 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return { word: 'Failed', says: printCondition(progressing) }
  }
  const wanted = wantedReplicas(object)
  const status = readCounts(object)
  const open = findOpen('replicas', [
    { found: status.all, wanted, are: 'created' },
    { found: status.updated, wanted, are: 'updated' },
    { found: wanted, wanted: status.all, are: 'wanted; the others must go' },
    { found: status.available, wanted: status.updated, are: 'available' },
    { found: status.ready, wanted, are: 'ready' },
  ])
  if (open !== undefined) return withReason(open, conditionOf(object, 'ReplicaFailure'))
  const available = conditionOf(object, 'Available')
  if (available?.status !== 'True') {
    const says = available === undefined ? 'it does not say Available' : printCondition(available)
    return { word: 'InProgress', says }
  }
  const hasDeadline =
    numberAt(object, 'spec.progressDeadlineSeconds', 2_147_483_647) < 2_147_483_647
  const isRolledOut =
    progressing?.status === 'True' && progressing.reason === 'NewReplicaSetAvailable'
  if (hasDeadline && !isRolledOut) {
    const says =
      progressing === undefined ? 'it does not say Progressing' : printCondition(progressing)
    return { word: 'InProgress', says }
  }
  return { word: 'Current', says: `${wanted} of ${wanted} replicas are ready` }
}

/** A StatefulSet: as a Deployment, up to the partition of its rolling update. */
export function assessStatefulSet(object: JsonObject): ObjectStatus {
  const wanted = wantedReplicas(object)
  const { all, ready, updated, available } = readCounts(object)
  const needsAvailable = numberAt(object, 'spec.minReadySeconds', 0) > 0
  const open = findOpen('replicas', [
    { found: all, wanted, are: 'created' },
    { found: ready, wanted, are: 'ready' },
    { found: wanted, wanted: all, are: 'wanted; the others must go' },
    ...(needsAvailable ? [{ found: available, wanted, are: 'available' }] : []),
  ])
  if (open !== undefined) return open
  const says = `${wanted} of ${wanted} replicas are ready`
  if (textAt(object, 'spec.updateStrategy.type') === 'OnDelete') {
    return { word: 'Current', says: `${says}; it is updated by hand` }
  }
  const partition = numberAt(object, 'spec.updateStrategy.rollingUpdate.partition', 0)
  const toUpdate = Math.max(0, wanted - partition)
  const behind = findOpen('replicas', [{ found: updated, wanted: toUpdate, are: 'updated' }])
  if (behind !== undefined) return behind
  if (partition > 0) return { word: 'Current', says: `${says}, ${updated} of them updated` }
  const current = textAt(object, 'status.currentRevision')
  const update = textAt(object, 'status.updateRevision')
  if (current === update) return { word: 'Current', says }
  return { word: 'InProgress', says: `it goes from revision ${current} to ${update}` }
}

/** A DaemonSet: on every node that it should be on. */
export function assessDaemonSet(object: JsonObject): ObjectStatus {
  const wanted = numberAt(object, 'status.desiredNumberScheduled', -1)
  if (wanted === -1) return { word: 'InProgress', says: 'it does not yet say on how many nodes' }
  const isByHand = textAt(object, 'spec.updateStrategy.type') === 'OnDelete'
  const count = (name: string): number => numberAt(object, `status.${name}`, 0)
  const open = findOpen('pods', [
    { found: count('currentNumberScheduled'), wanted, are: 'scheduled' },
    ...(isByHand ? [] : [{ found: count('updatedNumberScheduled'), wanted, are: 'updated' }]),
    { found: count('numberAvailable'), wanted, are: 'available' },
    { found: count('numberReady'), wanted, are: 'ready' },
  ])
  if (open !== undefined) return open
  const says = `${wanted} of ${wanted} pods are ready`
  return { word: 'Current', says: isByHand ? `${says}; it is updated by hand` : says }
}

/** A ReplicaSet. */
export function assessReplicaSet(object: JsonObject): ObjectStatus {
  const wanted = wantedReplicas(object)
  const { all, ready, available } = readCounts(object)
  const labelled = numberAt(object, 'status.fullyLabeledReplicas', 0)
  const open = findOpen('replicas', [
    { found: labelled, wanted, are: 'labelled' },
    { found: available, wanted, are: 'available' },
    { found: ready, wanted, are: 'ready' },
    { found: wanted, wanted: all, are: 'wanted; the others must go' },
  ])
  const failure = conditionOf(object, 'ReplicaFailure')
  if (open !== undefined) return withReason(open, failure)
  if (failure?.status === 'True') return { word: 'InProgress', says: printCondition(failure) }
  return { word: 'Current', says: `${wanted} of ${wanted} replicas are ready` }
}

function readCounts(
  object: JsonObject,
): Readonly<Record<'all' | 'updated' | 'available' | 'ready', number>> {
  return {
    all: numberAt(object, 'status.replicas', 0),
    updated: numberAt(object, 'status.updatedReplicas', 0),
    available: numberAt(object, 'status.availableReplicas', 0),
    ready: numberAt(object, 'status.readyReplicas', 0),
  }
}

function findOpen(things: string, counts: readonly Count[]): ObjectStatus | undefined {
  const open = counts.find(({ found, wanted }) => found < wanted)
  if (open === undefined) return undefined
  return { word: 'InProgress', says: `${open.found} of ${open.wanted} ${things} are ${open.are}` }
}

function withReason(open: ObjectStatus, failure: ReturnType<typeof conditionOf>): ObjectStatus {
  if (failure?.status !== 'True') return open
  return { ...open, says: `${open.says}; ${printCondition(failure)}` }
}
