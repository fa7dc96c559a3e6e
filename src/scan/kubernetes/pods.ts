/** The pods that an object makes: their labels, their containers, and the nodes they may run on. */
import { entriesAt, itemsAt, type Tree, textAt, valueAt } from '../document/tree.ts'
import type { NodeChoice } from '../found/found-port.ts'
import { parsePort } from '../found/port-words.ts'
import type { ClusterObject } from './objects.ts'

/** A port of a container as it is written. */
export interface ContainerPort {
  readonly offset: number
  readonly name: string | undefined
  readonly port: number
  readonly hostPort: number | undefined
  readonly hostIp: string | undefined
  readonly protocol: 'tcp' | 'udp'
}

/** A container. */
export interface Container {
  readonly name: string
  readonly tree: Tree
  /** Whether it runs beside the others, and does not end before they start. */
  readonly isBeside: boolean
  readonly ports: readonly ContainerPort[]
}

/** What a workload makes copies of. */
export interface Pod {
  readonly labels: ReadonlyMap<string, string>
  readonly isOnHost: boolean
  readonly containers: readonly Container[]
  readonly nodes: NodeChoice
}

/** Aliases can say in a few words what has no end. */
const MOST_CONTAINERS = 50
const MOST_PORTS = 200
const MOST_LABELS = 100

const SPECS = [['spec', 'template'], ['spec', 'jobTemplate', 'spec', 'template'], []]

/** The pod of an object; undefined for objects that make none. */
export function podOf(object: ClusterObject): Pod | undefined {
  for (const path of SPECS) {
    const template = valueAt(object.tree, ...path)
    const spec = valueAt(template, 'spec')
    const containers = itemsAt(spec, 'containers')
    if (containers.length === 0 || (path.length === 0 && object.kind !== 'Pod')) continue
    const first = firstOf(itemsAt(spec, 'initContainers'), MOST_CONTAINERS).map((tree) =>
      containerOf(tree, textAt(tree, 'restartPolicy') === 'Always'),
    )
    return {
      labels: labelsAt(template, 'metadata', 'labels'),
      isOnHost: textAt(spec, 'hostNetwork') === 'true',
      containers: [
        ...first,
        ...firstOf(containers, MOST_CONTAINERS).map((tree) => containerOf(tree, true)),
      ],
      nodes: nodesOf(object, spec),
    }
  }
  return undefined
}

/** The first of a list, of which those that are one by an alias are there once. */
export function firstOf(items: readonly Tree[], most: number): readonly Tree[] {
  return [...new Set(items)].slice(0, most)
}

/** A map of scalars. */
export function labelsAt(
  tree: Tree | undefined,
  ...path: readonly string[]
): ReadonlyMap<string, string> {
  return new Map(
    entriesAt(tree, ...path)
      .slice(0, MOST_LABELS)
      .flatMap(([key, { value }]) => (value.kind === 'scalar' ? [[key, value.text] as const] : [])),
  )
}

/** The protocol of a port; undefined for one that has no ports as TCP has (SCTP). */
export function protocolAt(tree: Tree): 'tcp' | 'udp' | undefined {
  const word = (textAt(tree, 'protocol') ?? 'TCP').toUpperCase()
  return word === 'TCP' ? 'tcp' : word === 'UDP' ? 'udp' : undefined
}

function containerOf(tree: Tree, isBeside: boolean): Container {
  const ports = firstOf(itemsAt(tree, 'ports'), MOST_PORTS).flatMap(
    (item): readonly ContainerPort[] => {
      const port = parsePort(textAt(item, 'containerPort') ?? '')
      const protocol = protocolAt(item)
      if (port === undefined || protocol === undefined) return []
      const hostPort = parsePort(textAt(item, 'hostPort') ?? '')
      const offset = (hostPort === undefined ? undefined : valueAt(item, 'hostPort'))?.offset
      return [
        {
          offset: offset ?? valueAt(item, 'containerPort')?.offset ?? item.offset,
          ...{ port, protocol, hostPort },
          ...{ name: textAt(item, 'name'), hostIp: textAt(item, 'hostIP') },
        },
      ]
    },
  )
  return { name: textAt(tree, 'name') ?? '', tree, isBeside, ports }
}

/** Only what leaves no choice counts: a label, or an affinity that allows one value. */
function nodesOf({ kind }: ClusterObject, spec: Tree | undefined): NodeChoice {
  const labels = new Map(labelsAt(spec, 'nodeSelector'))
  const node = textAt(spec, 'nodeName')
  if (node !== undefined) labels.set('kubernetes.io/hostname', node)
  const required = 'requiredDuringSchedulingIgnoredDuringExecution'
  const terms = itemsAt(spec, 'affinity', 'nodeAffinity', required, 'nodeSelectorTerms')
  for (const rule of terms.length === 1 ? itemsAt(terms[0], 'matchExpressions') : []) {
    const [value, another] = itemsAt(rule, 'values')
    const key = textAt(rule, 'key')
    if (textAt(rule, 'operator') !== 'In' || key === undefined) continue
    if (value?.kind === 'scalar' && another === undefined) labels.set(key, value.text)
  }
  // A workload that is nailed to a node is there, as one that is on every node.
  const isEverywhere = kind === 'DaemonSet' || node !== undefined
  return { isEverywhere, labels: Object.fromEntries(labels) }
}
