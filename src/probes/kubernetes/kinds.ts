/** Where the API server keeps the objects of a kind. */
import type { JsonObject } from '../../core/units/json.ts'
import { valueAt } from '../exchange/json-path.ts'
import { objectsAt, textAt } from './status/object-fields.ts'

/** How a kind is addressed. */
export interface KindPlace {
  readonly apiVersion: string
  /** `deployments` */
  readonly plural: string
  readonly isNamespaced: boolean
}

/** Kinds of every cluster, so that nobody needs to write their apiVersion or to ask for it. */
const KNOWN: Readonly<Record<string, KindPlace>> = {
  ConfigMap: namespaced('v1', 'configmaps'),
  CronJob: namespaced('batch/v1', 'cronjobs'),
  CustomResourceDefinition: {
    apiVersion: 'apiextensions.k8s.io/v1',
    plural: 'customresourcedefinitions',
    isNamespaced: false,
  },
  DaemonSet: namespaced('apps/v1', 'daemonsets'),
  Deployment: namespaced('apps/v1', 'deployments'),
  Job: namespaced('batch/v1', 'jobs'),
  Namespace: { apiVersion: 'v1', plural: 'namespaces', isNamespaced: false },
  PersistentVolumeClaim: namespaced('v1', 'persistentvolumeclaims'),
  Pod: namespaced('v1', 'pods'),
  ReplicaSet: namespaced('apps/v1', 'replicasets'),
  Secret: namespaced('v1', 'secrets'),
  Service: namespaced('v1', 'services'),
  StatefulSet: namespaced('apps/v1', 'statefulsets'),
}

function namespaced(apiVersion: string, plural: string): KindPlace {
  return { apiVersion, plural, isNamespaced: true }
}

/** The place of a kind that every cluster has; undefined when the cluster must be asked. */
export function knownPlace(kind: string, apiVersion: string | undefined): KindPlace | undefined {
  const place = Object.hasOwn(KNOWN, kind) ? KNOWN[kind] : undefined
  return apiVersion === undefined || apiVersion === place?.apiVersion ? place : undefined
}

/** The place of a kind as the API server's list of resources tells it. */
export function placeFrom(
  resources: JsonObject,
  kind: string,
  apiVersion: string,
): KindPlace | undefined {
  const found = objectsAt(resources, 'resources').find(
    // A subresource such as deployments/scale has a kind of its own.
    (resource) => resource['kind'] === kind && !textAt(resource, 'name').includes('/'),
  )
  if (found === undefined) return undefined
  const isNamespaced = valueAt(found, 'namespaced') === true
  return { apiVersion, plural: textAt(found, 'name'), isNamespaced }
}

/** The path of a group and version: `/api/v1`, `/apis/apps/v1`. */
export function versionPath(apiVersion: string): string {
  return `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`
}

/** The path of one object. */
export function objectPath(place: KindPlace, namespace: string, name: string): string {
  const within = place.isNamespaced ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  const collection = `${versionPath(place.apiVersion)}${within}/${place.plural}`
  return `${collection}/${encodeURIComponent(name)}`
}

/** The path of the EndpointSlices of a Service. */
export function slicesPath(namespace: string, service: string): string {
  const selector = encodeURIComponent(`kubernetes.io/service-name=${service}`)
  const within = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}`
  return `${within}/endpointslices?labelSelector=${selector}`
}
