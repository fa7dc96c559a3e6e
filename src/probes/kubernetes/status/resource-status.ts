/** Resources that are granted rather than run: claims, services, namespaces, definitions of kinds. */
import type { JsonObject } from '../../../core/units/json.ts'
import { printCondition } from './generic-status.ts'
import { conditionOf, objectsAt, textAt } from './object-fields.ts'
import type { ObjectStatus } from './object-status.ts'

/** A PersistentVolumeClaim. One that waits for its first consumer is not ready, as kstatus has it. */
export function assessClaim(object: JsonObject): ObjectStatus {
  const phase = textAt(object, 'status.phase')
  if (phase === 'Bound') return { word: 'Current', says: 'it is bound' }
  if (phase === 'Lost') return { word: 'Failed', says: 'its volume is lost', isFinal: true }
  return { word: 'InProgress', says: `its phase is ${phase === '' ? 'not told yet' : phase}` }
}

/** A Service. That it is there says nothing of who is behind it: ask for endpoints. */
export function assessService(object: JsonObject): ObjectStatus {
  const type = textAt(object, 'spec.type') || 'ClusterIP'
  if (type !== 'LoadBalancer') return { word: 'Current', says: `it is there, as ${type}` }
  if (textAt(object, 'spec.clusterIP') === '') {
    return { word: 'InProgress', says: 'it has no address within the cluster yet' }
  }
  const ingress = objectsAt(object, 'status.loadBalancer.ingress')
  if (ingress.length > 0) return { word: 'Current', says: 'its load balancer has an address' }
  return { word: 'InProgress', says: 'its load balancer has no address yet' }
}

/** A Namespace. */
export function assessNamespace(object: JsonObject): ObjectStatus {
  const phase = textAt(object, 'status.phase')
  if (phase === 'Active') return { word: 'Current', says: 'it is Active' }
  if (phase === 'Terminating') return { word: 'Terminating', says: 'it is being deleted' }
  return { word: 'InProgress', says: `its phase is ${phase === '' ? 'not told yet' : phase}` }
}

/** A CustomResourceDefinition: its names are accepted and its kind is served. */
export function assessDefinition(object: JsonObject): ObjectStatus {
  const names = conditionOf(object, 'NamesAccepted')
  if (names?.status === 'False') return { word: 'Failed', says: printCondition(names) }
  const established = conditionOf(object, 'Established')
  if (established?.status === 'True') return { word: 'Current', says: 'it is Established' }
  const says = established === undefined ? 'it is not Established' : printCondition(established)
  const isRefused = established?.status === 'False' && established.reason !== 'Installing'
  return { word: isRefused ? 'Failed' : 'InProgress', says }
}
