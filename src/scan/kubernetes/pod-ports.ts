/**
 * The ports of a pod: on its node where it asks for that, else in the network of the pod, which all its
 * containers share. @source Kubernetes API, ContainerPort and PodSpec.hostNetwork
 */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { entriesAt, itemsAt, type TreeScalar, valueAt } from '../document/tree.ts'
import { connectionsIn } from '../found/connections.ts'
import type { FoundPort } from '../found/found-port.ts'
import { addressesOf, isThisMachine } from '../found/port-words.ts'
import type { ClusterIndex } from './cluster-index.ts'
import { flawOfConnection, flawOfProbe, isPortName } from './dangling.ts'
import { type ClusterObject, identityOf } from './objects.ts'
import { type Container, type ContainerPort, firstOf, type Pod } from './pods.ts'

const MOST_VARIABLES = 300
/** Of one value. */
const MOST_CONNECTIONS = 20

/** What all that is found in one object has in common. */
export type ObjectWords = Pick<FoundPort, 'format' | 'unit'> &
  Partial<Pick<FoundPort, 'environment'>>

/** What the containers of a pod listen on, and whom their variables name. */
export function readPod(
  object: ClusterObject,
  pod: Pod,
  about: { readonly words: ObjectWords; readonly index: () => ClusterIndex },
): readonly FoundPort[] {
  const { words, index } = about
  return pod.containers.flatMap((container) => {
    const service = pod.containers.length === 1 ? object.name : `${object.name}/${container.name}`
    const own = { ...words, service: service === '' ? object.kind : service }
    const seen = new Map<string, number>()
    const ports = container.ports.flatMap((port) => {
      const word = port.name ?? String(port.port)
      const count = (seen.get(word) ?? 0) + 1
      seen.set(word, count)
      const again = count === 1 ? '' : ` ${count}`
      const identity = `${identityOf(object)} ${container.name} ${word}${again}`
      return portsOf(port, { ...own, identity, object, pod, container })
    })
    const around = { object, pod, container }
    return [...ports, ...connectionsOf(around, own, index), ...probesOf(around, own, index)]
  })
}

interface Around {
  readonly object: ClusterObject
  readonly pod: Pod
  readonly container: Container
}

function portsOf(
  port: ContainerPort,
  around: ObjectWords & Around & { readonly service: string; readonly identity: string },
): readonly FoundPort[] {
  const { object, pod, container, ...words } = around
  const common = {
    ...{ ...words, ...object.at(port.offset) },
    ...{ protocol: port.protocol, confidence: 'explicit' as const },
    // A container that ends before the others start is not there when they listen.
    stance: container.isBeside ? 'claim' : 'documentation',
  } as const
  const { nodes } = pod
  if (pod.isOnHost) {
    const text = `hostNetwork, containerPort: ${port.port}`
    const span = { first: port.port, last: port.port, addresses: EVERY_ADDRESS }
    return [{ ...common, ...span, text, scope: 'node', nodes }]
  }
  const inside = { first: port.port, last: port.port }
  const found: FoundPort[] = []
  if (port.hostPort !== undefined) {
    const span = { first: port.hostPort, last: port.hostPort, target: inside }
    const addresses = addressesOf(port.hostIp)
    const text = `hostPort: ${port.hostPort}`
    found.push({ ...common, ...span, addresses, text, scope: 'node', nodes })
  }
  if (!container.isBeside) return found
  const text = `containerPort: ${port.port}`
  const scope = networkOf(object)
  return [...found, { ...common, ...inside, addresses: EVERY_ADDRESS, text, scope }]
}

function networkOf(object: ClusterObject): string {
  return `network pod ${identityOf(object)}`
}

function connectionsOf(
  { object, pod, container }: Around,
  words: ObjectWords & { readonly service: string },
  index: () => ClusterIndex,
): readonly FoundPort[] {
  return firstOf(itemsAt(container.tree, 'env'), MOST_VARIABLES).flatMap((item) => {
    const value = valueAt(item, 'value')
    if (value?.kind !== 'scalar') return []
    const within = pod.isOnHost ? 'node' : networkOf(object)
    return connectionsOfText(value, { object, words, within, index })
  })
}

/** The values of a ConfigMap that are URLs; whole files in it are not looked into. */
export function readConfigMap(
  object: ClusterObject,
  words: ObjectWords,
  index: () => ClusterIndex,
): readonly FoundPort[] {
  const own = { ...words, service: object.name === '' ? object.kind : object.name }
  const entries = entriesAt(object.tree, 'data').slice(0, MOST_VARIABLES)
  return entries.flatMap(([, { value }]) => {
    if (value.kind !== 'scalar' || value.text.includes('\n')) return []
    return connectionsOfText(value, { object, words: own, within: 'cluster', index })
  })
}

function connectionsOfText(
  value: TreeScalar,
  around: {
    readonly object: ClusterObject
    readonly words: ObjectWords & { readonly service: string }
    readonly within: string
    readonly index: () => ClusterIndex
  },
): readonly FoundPort[] {
  const { object, words, within } = around
  const connections = connectionsIn(value.text).slice(0, MOST_CONNECTIONS)
  return connections.map(({ host, port, text }) => {
    const isOwn = isThisMachine(host)
    const to = { host, port: String(port) }
    const flaw = isOwn ? undefined : flawOfConnection(object, to, around.index())
    return {
      ...{ ...words, ...object.at(value.offset), first: port, last: port, text, host },
      ...({ stance: 'consumption', confidence: 'explicit', protocol: 'tcp' } as const),
      ...{ addresses: addressesOf(host), scope: isOwn ? within : 'cluster' },
      ...(flaw === undefined ? {} : { flaw }),
    }
  })
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe']

/** Probes of ports by a name that their container does not have. */
function probesOf(
  { object, container }: Around,
  words: ObjectWords & { readonly service: string },
  index: () => ClusterIndex,
): readonly FoundPort[] {
  return PROBES.flatMap((probe) =>
    ['httpGet', 'tcpSocket'].flatMap((way): readonly FoundPort[] => {
      const port = valueAt(container.tree, probe, way, 'port')
      if (port?.kind !== 'scalar' || !isPortName(port.text)) return []
      const about = { probe, container: container.name, name: port.text }
      const flaw = flawOfProbe(object, about, index())
      if (flaw === undefined) return []
      const [first] = container.ports
      const known = first?.port ?? 80
      return [
        {
          ...{ ...words, ...object.at(port.offset), first: known, last: known, flaw },
          ...({ stance: 'consumption', confidence: 'explicit', protocol: 'tcp' } as const),
          ...{ addresses: EVERY_ADDRESS, scope: networkOf(object), host: 'localhost' },
          text: `port: ${port.text}`,
        },
      ]
    }),
  )
}
