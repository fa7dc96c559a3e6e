/** Every object of a folder's manifests, for what one file says about another's. */
import type { Folder } from '../found/folder.ts'
import { isChartTemplate } from '../helm/charts.ts'
import { type ClusterObject, objectsIn } from './objects.ts'
import { type Pod, podOf } from './pods.ts'

/** A workload and what it makes. */
export interface Workload {
  readonly object: ClusterObject
  readonly pod: Pod
}

/** What a folder's manifests have. */
export interface ClusterIndex {
  /** The workloads whose pods have a label, written `key=value`. */
  withLabel(label: string): readonly Workload[]
  /** The names of a workload's ports by container, also where a patch gives them in another file. */
  portNames(object: ClusterObject): readonly NamedPort[]
  servicesNamed(name: string): readonly ClusterObject[]
}

/** A port of a container that has a name. */
export interface NamedPort {
  readonly container: string
  readonly name: string
}

/** More of one name than any repository has. */
const MOST_ALIKE = 200
const MANIFEST = /\.(?:ya?ml|json)$/i
const known = new WeakMap<Folder, ClusterIndex>()

/** What every file of manifests says, also in one line of JSON. */
export const MANIFEST_HINT: RegExp = /\bapiVersion["']?\s*:/

/** Whether a file may hold manifests, by its path. */
export function isManifest(path: string): boolean {
  return MANIFEST.test(path)
}

/** The objects of a folder; read once. */
export function clusterOf(folder: Folder): ClusterIndex {
  const before = known.get(folder)
  if (before !== undefined) return before
  const objects = folder.paths.filter(isManifest).flatMap((path) => {
    const source = isChartTemplate(path, folder) ? undefined : folder.read(path)
    return source === undefined || !MANIFEST_HINT.test(source.text) ? [] : objectsIn(source)
  })
  const index = indexOf(objects)
  known.set(folder, index)
  return index
}

/** An index of these objects alone. */
export function indexOf(objects: readonly ClusterObject[]): ClusterIndex {
  const workloads = objects.flatMap((object) => {
    const pod = podOf(object)
    return pod === undefined ? [] : [{ object, pod }]
  })
  const labelled = new Map<string, Workload[]>()
  for (const workload of workloads) {
    for (const [key, value] of workload.pod.labels) {
      const label = `${key}=${value}`
      labelled.set(label, [...(labelled.get(label) ?? []), workload].slice(0, MOST_ALIKE))
    }
  }
  const named = Map.groupBy(workloads, ({ object }) => `${object.kind} ${object.name}`)
  const services = Map.groupBy(
    objects.filter(({ kind, group }) => kind === 'Service' && group === ''),
    ({ name }) => name,
  )
  return {
    withLabel: (label) => labelled.get(label) ?? [],
    portNames: ({ kind, name }) =>
      (named.get(`${kind} ${name}`) ?? [])
        .slice(0, MOST_ALIKE)
        .flatMap(({ pod }) => namedOf(pod))
        .slice(0, MOST_ALIKE),
    servicesNamed: (name) => (services.get(name) ?? []).slice(0, MOST_ALIKE),
  }
}

function namedOf({ containers }: Pod): readonly NamedPort[] {
  return containers.flatMap(({ name: container, ports }) =>
    ports.flatMap(({ name }) => (name === undefined ? [] : [{ container, name }])),
  )
}

/** Whether two objects may be in one namespace: what is left open is decided by whoever applies it. */
export function areTogether(one: ClusterObject, other: ClusterObject): boolean {
  return one.namespace === '' || other.namespace === '' || one.namespace === other.namespace
}
