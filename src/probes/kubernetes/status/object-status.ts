/**
 * What an object of Kubernetes says of itself, in the words of kstatus. Pure, and in doubt never
 * `Current`. Where kstatus counts something as current that is not ready, this does not; the page of the
 * probe tells every difference, as a comparison with kstatus on random objects has found them.
 *
 * Before any rule of a kind: what is being deleted is `Terminating`, and what its controller has not
 * looked at since it was last changed is `InProgress`.
 */
import type { JsonObject } from '../../../core/units/json.ts'
import { assessGenericConditions, findStall } from './generic-status.ts'
import { assessJob } from './job-status.ts'
import { numberAt, textAt } from './object-fields.ts'
import { assessPod } from './pod-status.ts'
import { assessClaim, assessDefinition, assessNamespace, assessService } from './resource-status.ts'
import {
  assessDaemonSet,
  assessDeployment,
  assessReplicaSet,
  assessStatefulSet,
} from './workload-status.ts'

/** `NotFound` is added by who asks: here there is an object. */
export type StatusWord = 'Current' | 'InProgress' | 'Failed' | 'Terminating' | 'Unknown'

/** What an object is in. */
export interface ObjectStatus {
  readonly word: StatusWord
  /** With the numbers, without a full stop: `2 of 3 replicas are ready`. */
  readonly says: string
  /** Whether it can never get better, as of a Job that has failed. */
  readonly isFinal?: boolean
}

/** The rule of one kind. */
export type StatusRule = (object: JsonObject, nowMs: number) => ObjectStatus

const RULES: Readonly<Record<string, StatusRule>> = {
  'apps/Deployment': assessDeployment,
  'apps/StatefulSet': assessStatefulSet,
  'apps/DaemonSet': assessDaemonSet,
  'apps/ReplicaSet': assessReplicaSet,
  '/Pod': assessPod,
  'batch/Job': assessJob,
  '/PersistentVolumeClaim': assessClaim,
  '/Service': assessService,
  '/Namespace': assessNamespace,
  'apiextensions.k8s.io/CustomResourceDefinition': assessDefinition,
}

/** Kinds whose controllers always say what they have looked at. */
const OBSERVING = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
])

/** Kinds that are only data: what is there is all that there will be. */
const DATA = new Set([
  '/ConfigMap',
  '/Secret',
  '/ServiceAccount',
  '/LimitRange',
  'batch/CronJob',
  'networking.k8s.io/NetworkPolicy',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/StorageClass',
])

/**
 * Judges one object.
 *
 * @param nowMs by the cluster's clock as nearly as it is known
 * @source kstatus of sigs.k8s.io/cli-utils, for the words and the order of the rules
 */
export function assessObject(object: JsonObject, nowMs: number): ObjectStatus {
  const kind = groupKindOf(object)
  if (textAt(object, 'metadata.deletionTimestamp') !== '') {
    const since = textAt(object, 'metadata.deletionTimestamp')
    return { word: 'Terminating', says: `it is being deleted, since ${since}` }
  }
  const unobserved = findUnobserved(object, kind) ?? findStall(object)
  if (unobserved !== undefined) return unobserved
  if (DATA.has(kind)) return { word: 'Current', says: 'it is there' }
  const rule = RULES[kind]
  return rule === undefined ? assessGenericConditions(object) : rule(object, nowMs)
}

/** `apps/Deployment`, `/Pod`: the group, without the version, and the kind. */
function groupKindOf(object: JsonObject): string {
  const apiVersion = textAt(object, 'apiVersion')
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  return `${group}/${textAt(object, 'kind')}`
}

function findUnobserved(object: JsonObject, kind: string): ObjectStatus | undefined {
  const generation = numberAt(object, 'metadata.generation', 0)
  const otherwise = OBSERVING.has(kind) ? 0 : generation
  const observed = numberAt(object, 'status.observedGeneration', otherwise)
  if (observed === generation) return undefined
  const says = `its controller has seen generation ${observed}, and it is at ${generation}`
  return { word: 'InProgress', says }
}
