/** A workload's pod as components: its one-shots in order, then each container. */
import type { ComponentDraft } from '../draft/draft.ts'
import { secondsMs } from '../draft/durations.ts'
import type { ImportContext } from '../format.ts'
import type { Item } from '../source/item.ts'
import { runOf } from './container.ts'
import { importProbes } from './probes.ts'

/** A manifest that runs pods. */
export interface WorkloadItem {
  readonly manifest: Item
  readonly kind: string
}

/** Reads a pod. The last component that is no one-shot stands for the workload. */
export function readPod(workload: WorkloadItem, context: ImportContext): readonly ComponentDraft[] {
  const { manifest, kind } = workload
  const name =
    manifest.at('metadata', 'name')?.text() ?? manifest.at('metadata', 'generateName')?.text()
  const spec = kind === 'Pod' ? manifest.get('spec') : manifest.at('spec', 'template', 'spec')
  const containers = spec?.get('containers')?.elements() ?? []
  if (name === undefined || spec === undefined || containers.length === 0) {
    manifest.lose('it names no containers, so there is nothing to bring up')
    return []
  }
  noteReplicas(manifest, kind)
  const graceMs = secondsMs(spec.get('terminationGracePeriodSeconds')) ?? 30_000
  const pod: Pod = { name: name.replace(/-$/, ''), kind, graceMs, manifest, context }
  const before = readInitContainers(spec, pod)
  const last = before.at(-1)
  const main = containers.flatMap((container, index) => {
    const own = container.get('name')?.text()
    const full = index === 0 ? pod.name : `${pod.name}-${own ?? index}`
    return readContainer(container, full, pod)
  })
  for (const component of main) {
    if (last !== undefined) component.needs.set(last.name, untilOf(last))
  }
  return [...before, ...main]
}

interface Pod {
  readonly name: string
  readonly kind: string
  /** @unit ms */
  readonly graceMs: number
  readonly manifest: Item
  readonly context: ImportContext
}

function readInitContainers(spec: Item, pod: Pod): readonly ComponentDraft[] {
  const components: ComponentDraft[] = []
  for (const [index, container] of (spec.get('initContainers')?.elements() ?? []).entries()) {
    const name = `${pod.name}-${container.get('name')?.text() ?? `init-${index}`}`
    const component = pod.context.draft.add(name, container)
    const isSidecar = container.get('restartPolicy')?.text() === 'Always'
    const run = runOf(container)
    if (run === undefined) {
      container.lose('its image is not run and it names no command, so the step is left out')
      pod.context.draft.remove(component)
      continue
    }
    component.run = { ...run, oneShot: !isSidecar }
    if (isSidecar) importProbes(component, container, { graceMs: pod.graceMs, minReadyMs: 0 })
    const before = components.at(-1)
    if (before !== undefined) component.needs.set(before.name, untilOf(before))
    components.push(component)
  }
  return components
}

function readContainer(container: Item, name: string, pod: Pod): readonly ComponentDraft[] {
  const component = pod.context.draft.add(name, name === pod.name ? pod.manifest : container)
  const { manifest, kind } = pod
  const run = runOf(container)
  if (kind === 'Job') return finishJob({ component, container, run }, pod)
  if (run !== undefined) component.run = run
  const progressMs = secondsMs(manifest.at('spec', 'progressDeadlineSeconds'))
  if (progressMs !== undefined) component.deadlineMs = progressMs
  const minReadyMs = secondsMs(manifest.at('spec', 'minReadySeconds')) ?? 0
  importProbes(component, container, { graceMs: pod.graceMs, minReadyMs })
  if (component.run === undefined && component.ready.length === 0)
    proposeRollout(component, container, pod)
  return [component]
}

function finishJob(
  job: {
    readonly component: ComponentDraft
    readonly container: Item
    readonly run: ReturnType<typeof runOf>
  },
  pod: Pod,
): readonly ComponentDraft[] {
  const { component, container, run } = job
  const limit = pod.manifest.at('spec', 'backoffLimit')?.count() ?? 6
  const deadlineMs = secondsMs(pod.manifest.at('spec', 'activeDeadlineSeconds'))
  if (deadlineMs !== undefined) component.deadlineMs = Math.max(1, deadlineMs)
  if (run === undefined) {
    proposeRollout(component, container, pod)
    return [component]
  }
  component.run = { ...run, oneShot: true }
  if (limit > 0) component.retry = { limit: Math.min(limit, 100), backoffMs: 10_000 }
  return [component]
}

/** Without a command and a probe, only the cluster knows. */
function proposeRollout(component: ComponentDraft, container: Item, pod: Pod): void {
  const { kind, manifest } = pod
  const waits: Readonly<Record<string, string>> = {
    Job: '--for=condition=Complete',
    Deployment: '--for=condition=Available',
    Pod: '--for=condition=Ready',
  }
  const namespace = manifest.at('metadata', 'namespace')?.text()
  const where = namespace === undefined ? [] : ['--namespace', namespace]
  const target = `${kind.toLowerCase()}/${pod.name}`
  const wait = waits[kind]
  const asks =
    wait === undefined
      ? ['kubectl', 'rollout', 'status', target, ...where, '--timeout=5s']
      : ['kubectl', 'wait', wait, target, ...where, '--timeout=5s']
  component.ready.push({ name: 'cluster', exec: { command: asks } })
  container.note('it names no command and no probe; proposed: the cluster is asked with kubectl')
}

function noteReplicas(manifest: Item, kind: string): void {
  const replicas = manifest.at('spec', 'replicas')
  const count = replicas?.count()
  if (count === 0) replicas?.note('no replica was asked for; one instance is run here')
  if (count !== undefined && count > 1) replicas?.note('one instance is run, on this machine')
  if (kind === 'DaemonSet') manifest.get('kind')?.note('one instance is run, on this machine')
}

function untilOf(component: ComponentDraft): 'completed' | 'ready' {
  return component.run?.oneShot === true ? 'completed' : 'ready'
}
