/**
 * The ports of services: node ports, which every node of the cluster opens, and names that no container
 * has. @source Kubernetes API, ServicePort
 */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { itemsAt, type Tree, textAt, valueAt } from '../document/tree.ts'
import type { FoundPort, Remark } from '../found/found-port.ts'
import { parsePort } from '../found/port-words.ts'
import { areTogether, type ClusterIndex } from './cluster-index.ts'
import { type ClusterObject, identityOf } from './objects.ts'
import type { ObjectWords } from './pod-ports.ts'
import { labelsAt, protocolAt } from './pods.ts'

/** What a service says, and what is wrong with it. */
export interface ServiceFindings {
  readonly ports: readonly FoundPort[]
  readonly remarks: readonly Remark[]
}

const FIRST_NODE_PORT = 30_000
const LAST_NODE_PORT = 32_767

/** Reads a service; the index is asked for only where a port is named. */
export function readService(
  object: ClusterObject,
  words: ObjectWords,
  index: () => ClusterIndex,
): ServiceFindings {
  const spec = valueAt(object.tree, 'spec')
  const type = textAt(spec, 'type')
  const service = object.name === '' ? object.kind : object.name
  const common = {
    ...words,
    ...{ service, addresses: EVERY_ADDRESS, confidence: 'explicit' as const },
  }
  const ports: FoundPort[] = []
  const remarks: Remark[] = []
  const claimOnNodes = (value: Tree | undefined, as: ClaimOnNodes): void => {
    const port = value?.kind === 'scalar' ? parsePort(value.text) : undefined
    if (value === undefined || port === undefined || /^(ClusterIP|ExternalName)$/.test(type ?? ''))
      return
    const place = object.at(value.offset)
    const text = `${as.key}: ${port}`
    const identity = `${identityOf(object)} ${as.name}`
    const { protocol } = as
    const span = { first: port, last: port, protocol, text, identity }
    ports.push({ ...common, ...place, ...span, stance: 'claim', scope: 'cluster' })
    if (port < FIRST_NODE_PORT || port > LAST_NODE_PORT)
      remarks.push({ ...place, sentence: outsideSentence(text) })
  }
  for (const [at, item] of itemsAt(spec, 'ports').entries()) {
    const protocol = protocolAt(item)
    if (protocol === undefined) continue
    const name = textAt(item, 'name') ?? textAt(item, 'port') ?? String(at)
    claimOnNodes(valueAt(item, 'nodePort'), { key: 'nodePort', name, protocol })
    const written = valueAt(item, 'port')
    const port = written?.kind === 'scalar' ? parsePort(written.text) : undefined
    if (written === undefined || port === undefined) continue
    const scope = `network service ${object.namespace}/${object.name}`
    const own = { ...common, protocol, first: port, last: port, scope }
    const place = object.at(written.offset)
    ports.push({ ...own, ...place, stance: 'documentation', text: `port: ${port}` })
    const target = valueAt(item, 'targetPort')
    const why = target?.kind === 'scalar' ? whyDangling(object, target.text, index) : undefined
    if (target?.kind === 'scalar' && why !== undefined)
      remarks.push({ ...object.at(target.offset), sentence: why })
  }
  const health = valueAt(spec, 'healthCheckNodePort')
  claimOnNodes(health, { key: 'healthCheckNodePort', name: 'health check', protocol: 'tcp' })
  return { ports, remarks }
}

interface ClaimOnNodes {
  readonly key: string
  readonly name: string
  readonly protocol: 'tcp' | 'udp'
}

function outsideSentence(text: string): string {
  const range = `${FIRST_NODE_PORT}-${LAST_NODE_PORT}`
  return `${text} is outside of ${range}: a cluster that does not say otherwise refuses it`
}

/** Why a named port leads nowhere; undefined when it does lead somewhere, or nobody here can know. */
function whyDangling(
  service: ClusterObject,
  name: string,
  index: () => ClusterIndex,
): string | undefined {
  const selector = labelsAt(service.tree, 'spec', 'selector')
  if (/^\d+$/.test(name) || name === '' || selector.size === 0) return undefined
  const { workloads } = index()
  const selected = workloads.filter(
    ({ object, pod }) =>
      areTogether(object, service) &&
      [...selector].every(([key, value]) => pod.labels.get(key) === value),
  )
  if (selected.length === 0) return undefined
  // A patch may name the port in a file of its own, where it says nothing about labels.
  const kinds = new Set(selected.map(({ object }) => `${object.kind} ${object.name}`))
  const named = workloads
    .filter(({ object }) => kinds.has(`${object.kind} ${object.name}`))
    .flatMap(({ pod }) => pod.containers.flatMap(({ ports }) => ports))
    .flatMap((port) => port.name ?? [])
  if (named.includes(name)) return undefined
  const who = [...kinds].join(', ')
  const others = named.length === 0 ? 'no port there has a name' : `there are ${named.join(', ')}`
  return `targetPort ${name} names no port of ${who}: ${others}`
}
