/**
 * Clusters that run in containers of this machine: what they publish is the machine's.
 * @source kind, extraPortMappings; k3d, ports
 */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { itemsAt, type Tree, textAt, valueAt } from '../document/tree.ts'
import type { FoundPort } from '../found/found-port.ts'
import { addressesOf, parsePort, parseSpan } from '../found/port-words.ts'
import type { ClusterObject } from './objects.ts'
import type { ObjectWords } from './pod-ports.ts'
import { firstOf, protocolAt } from './pods.ts'

/** Nodes, and ports of each. */
const MOST = 200

/** Whether an object describes such a cluster. */
export function isLocalCluster({ group, kind }: ClusterObject): boolean {
  return (group === 'kind.x-k8s.io' && kind === 'Cluster') || isK3d({ group, kind })
}

function isK3d({ group, kind }: Pick<ClusterObject, 'group' | 'kind'>): boolean {
  return group === 'k3d.io' && kind === 'Simple'
}

type Own = ObjectWords & Pick<FoundPort, 'service' | 'stance' | 'confidence' | 'scope'>

/** What the cluster publishes on the machine. */
export function readLocalCluster(object: ClusterObject, words: ObjectWords): readonly FoundPort[] {
  const service = object.name === '' ? (textAt(object.tree, 'name') ?? 'cluster') : object.name
  const own: Own = { ...words, service, stance: 'claim', confidence: 'explicit', scope: 'host' }
  if (isK3d(object)) {
    return itemsAt(object.tree, 'ports').flatMap((item) =>
      ofK3d(object, valueAt(item, 'port'), own),
    )
  }
  const api = valueAt(object.tree, 'networking', 'apiServerPort')
  const mapped = firstOf(itemsAt(object.tree, 'nodes'), MOST).flatMap((node) =>
    firstOf(itemsAt(node, 'extraPortMappings'), MOST).flatMap((item) => ofKind(object, item, own)),
  )
  const port = api?.kind === 'scalar' ? parsePort(api.text) : undefined
  if (api === undefined || port === undefined) return mapped
  const addresses = addressesOf(
    textAt(object.tree, 'networking', 'apiServerAddress') ?? '127.0.0.1',
  )
  const span = { first: port, last: port, text: `apiServerPort: ${port}`, addresses }
  return [...mapped, { ...own, ...object.at(api.offset), ...span, protocol: 'tcp' }]
}

function ofKind(object: ClusterObject, item: Tree, own: Own): readonly FoundPort[] {
  const written = valueAt(item, 'hostPort')
  const port = written?.kind === 'scalar' ? parsePort(written.text) : undefined
  const target = parseSpan(textAt(item, 'containerPort') ?? '')
  const protocol = protocolAt(item)
  if (written === undefined || port === undefined || protocol === undefined) return []
  return [
    {
      ...{ ...own, ...object.at(written.offset), first: port, last: port, protocol },
      ...{ addresses: addressesOf(textAt(item, 'listenAddress')), text: `hostPort: ${port}` },
      ...(target === undefined ? {} : { target }),
    },
  ]
}

/** `[address:]8080[-8090]:80[/udp][@filter]`. */
function ofK3d(object: ClusterObject, written: Tree | undefined, own: Own): readonly FoundPort[] {
  const text = written?.kind === 'scalar' ? written.text : ''
  const match = /^(?:([\d.]+):)?(\d+(?:-\d+)?):(\d+(?:-\d+)?)(?:\/(tcp|udp))?(?:@.*)?$/i.exec(text)
  const span = parseSpan(match?.[2] ?? '')
  const target = parseSpan(match?.[3] ?? '')
  if (written === undefined || span === undefined || target === undefined) return []
  const protocol = match?.[4]?.toLowerCase() === 'udp' ? 'udp' : 'tcp'
  const addresses = match?.[1] === undefined ? EVERY_ADDRESS : addressesOf(match[1])
  return [{ ...own, ...object.at(written.offset), ...span, target, protocol, addresses, text }]
}
