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
  readonly workloads: readonly Workload[]
  readonly services: readonly ClusterObject[]
}

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
  const index = {
    workloads: objects.flatMap((object) => {
      const pod = podOf(object)
      return pod === undefined ? [] : [{ object, pod }]
    }),
    services: objects.filter(({ kind, group }) => kind === 'Service' && group === ''),
  }
  known.set(folder, index)
  return index
}

/** Whether two objects may be in one namespace: what is left open is decided by whoever applies it. */
export function areTogether(one: ClusterObject, other: ClusterObject): boolean {
  return one.namespace === '' || other.namespace === '' || one.namespace === other.namespace
}
