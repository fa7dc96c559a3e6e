/** Manifests of Kubernetes: what pods take of their nodes, services of the cluster, containers of a pod. */
import { environmentOf } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import { type Findings, type FoundPort, NOTHING, type Remark } from '../found/found-port.ts'
import { folderOf } from '../found/paths.ts'
import type { SourceText } from '../found/source-text.ts'
import { isChartTemplate } from '../helm/charts.ts'
import { clusterOf, isManifest, MANIFEST_HINT } from './cluster-index.ts'
import { objectsIn } from './objects.ts'
import { type ObjectWords, readConfigMap, readPod } from './pod-ports.ts'
import { podOf } from './pods.ts'
import { readService } from './service-ports.ts'

/** Reads manifests, and what charts were rendered to. */
export const manifestReader: FormatReader = {
  name: 'kubernetes',
  takes: isManifest,
  hint: MANIFEST_HINT,
  read: readManifests,
}

function readManifests(source: SourceText, folder: Folder): Findings {
  if (isChartTemplate(source.path, folder)) return NOTHING
  const environment = environmentOf(source.path)
  const words: ObjectWords = {
    format: 'kubernetes',
    unit: `kubernetes ${folderOf(source.path)}`,
    ...(environment === undefined ? {} : { environment }),
  }
  const ports: FoundPort[] = []
  const remarks: Remark[] = []
  for (const object of objectsIn(source)) {
    const pod = podOf(object)
    if (pod !== undefined) ports.push(...readPod(object, pod, words))
    else if (object.kind === 'ConfigMap') ports.push(...readConfigMap(object, words))
    else if (object.kind === 'Service' && object.group === '') {
      const found = readService(object, words, () => clusterOf(folder))
      ports.push(...found.ports)
      remarks.push(...found.remarks)
    }
  }
  return { ports, remarks }
}
