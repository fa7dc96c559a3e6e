/**
 * Kubernetes manifests. Images are not run: a container that names its command becomes a process of
 * this machine, any other is proof alone. What asks a pod from outside is asked of this machine.
 */
import type { ComponentDraft } from '../draft/draft.ts'
import type { ImportContext, Importer } from '../format.ts'
import type { Item } from '../source/item.ts'
import { phaseOf } from './phase.ts'
import { readPod } from './pod.ts'
import { reasonFor } from './reasons.ts'

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod', 'Job']

/** What is there without anything having to become ready. */
const PASSIVE: Readonly<Record<string, string>> = {
  Service: 'there is no network of a cluster here; components are asked where they listen',
  ConfigMap: 'variables are written with the component: env',
  Secret: 'secret values come from settings',
  Ingress: 'nothing routes traffic here',
  Namespace: 'components have no namespaces',
  CronJob: 'a contract has no schedule',
  HorizontalPodAutoscaler: 'one instance is run',
  PodDisruptionBudget: 'one instance is run',
}

interface Workload {
  readonly phase: number
  readonly components: readonly ComponentDraft[]
}

/** Fills a draft from manifests. */
export const importKubernetes: Importer = (documents, context) => {
  const manifests = documents.flatMap(unpackList)
  const workloads = manifests.flatMap((manifest) => readManifest(manifest, context))
  orderByPhase(workloads)
  for (const document of documents) document.loseUnread(reasonFor)
}

function unpackList(document: Item): readonly Item[] {
  if (document.get('kind')?.text() !== 'List') return [document]
  document.get('apiVersion')?.ignore()
  return document.get('items')?.elements() ?? []
}

function readManifest(manifest: Item, context: ImportContext): readonly Workload[] {
  const kind = manifest.get('kind')?.text() ?? ''
  if (!WORKLOADS.includes(kind)) {
    const name = manifest.at('metadata', 'name')?.text() ?? 'without a name'
    const why = PASSIVE[kind] ?? 'this kind has no meaning in a contract'
    manifest.get('kind')?.note(`${kind} ${name}: ${why}`)
    manifest.ignore()
    return []
  }
  const phase = phaseOf(manifest)
  manifest.get('apiVersion')?.ignore()
  if (phase === undefined) {
    manifest.ignore()
    return []
  }
  const components = readPod({ manifest, kind }, context)
  return components.length === 0 ? [] : [{ phase, components }]
}

/** Everything of a wave needs everything of the wave before it. */
function orderByPhase(workloads: readonly Workload[]): void {
  const phases = [...new Set(workloads.map((one) => one.phase))].sort((a, b) => a - b)
  for (const [index, phase] of phases.entries()) {
    const before = workloads.filter((one) => one.phase === phases[index - 1])
    const needed = before.flatMap((one) => one.components)
    for (const { components } of workloads.filter((one) => one.phase === phase)) {
      const [first, ...rest] = components
      // Where a pod begins with one-shots, they are what waits for the wave before.
      for (const component of first?.run?.oneShot === true ? [first] : [first, ...rest]) {
        for (const other of needed) component?.needs.set(other.name, untilOf(other))
      }
    }
  }
}

function untilOf(component: ComponentDraft): 'completed' | 'ready' {
  return component.run?.oneShot === true ? 'completed' : 'ready'
}
