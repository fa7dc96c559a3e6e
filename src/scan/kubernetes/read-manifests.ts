/** Manifests of Kubernetes: what pods take of their nodes, services of the cluster, containers of a pod. */
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import { type Findings, type FoundPort, NOTHING } from '../found/found-port.ts'
import { folderOf } from '../found/paths.ts'
import type { SourceText } from '../found/source-text.ts'
import { isChartTemplate } from '../helm/charts.ts'
import { type ClusterIndex, clusterOf, isManifest, MANIFEST_HINT } from './cluster-index.ts'
import { readIngress } from './ingress.ts'
import { isLocalCluster, readLocalCluster } from './local-cluster.ts'
import { type ClusterObject, objectsIn, unreadIn } from './objects.ts'
import { type ObjectWords, readConfigMap, readPod } from './pod-ports.ts'
import { podOf } from './pods.ts'
import { readService } from './service-ports.ts'

/** Of one file. */
const MOST_PORTS = 20_000

/** Reads manifests, and what charts were rendered to. */
export const manifestReader: FormatReader = {
  name: 'kubernetes',
  takes: isManifest,
  hint: MANIFEST_HINT,
  read: readManifests,
}

function readManifests(source: SourceText, folder: Folder): Findings {
  if (isChartTemplate(source.path, folder)) return NOTHING
  const words: ObjectWords = {
    format: 'kubernetes',
    unit: `kubernetes ${folderOf(source.path)}`,
    ...ofEnvironment(source.path),
  }
  const index = (): ClusterIndex => clusterOf(folder)
  const portsOf = (object: ClusterObject): readonly FoundPort[] => {
    const pod = podOf(object)
    if (pod !== undefined) return readPod(object, pod, { words, index })
    if (object.kind === 'ConfigMap') return readConfigMap(object, words, index)
    if (object.kind === 'Ingress') return readIngress(object, words, index)
    if (isLocalCluster(object)) return readLocalCluster(object, words)
    const isService = object.kind === 'Service' && object.group === ''
    return isService ? readService(object, words, index) : []
  }
  const ports: FoundPort[] = []
  const remarks = [...unreadIn(source)]
  for (const object of objectsIn(source)) {
    if (ports.length < MOST_PORTS) {
      ports.push(...portsOf(object))
      continue
    }
    const sentence = `names more than ${MOST_PORTS} ports, and the rest was not read`
    remarks.push({ ...object.at(object.tree.offset), sentence })
    break
  }
  return { ports, remarks }
}
