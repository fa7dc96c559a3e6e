/**
 * The ports of services: node ports, which every node of the cluster opens, and their targets by name.
 * @source Kubernetes API, ServicePort
 */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { itemsAt, type Tree, textAt, valueAt } from '../document/tree.ts'
import type { Flaw, FoundPort } from '../found/found-port.ts'
import { parsePort } from '../found/port-words.ts'
import type { ClusterIndex } from './cluster-index.ts'
import { flawOfTarget } from './dangling.ts'
import { type ClusterObject, identityOf } from './objects.ts'
import type { ObjectWords } from './pod-ports.ts'
import { firstOf, protocolAt } from './pods.ts'

const MOST_PORTS = 500
const FIRST_NODE_PORT = 30_000
const LAST_NODE_PORT = 32_767

type Common = ObjectWords & Pick<FoundPort, 'service' | 'addresses' | 'confidence'>

/** Reads a service; the index is asked for only where a port is named. */
export function readService(
  object: ClusterObject,
  words: ObjectWords,
  index: () => ClusterIndex,
): readonly FoundPort[] {
  const service = object.name === '' ? object.kind : object.name
  const common: Common = { ...words, service, addresses: EVERY_ADDRESS, confidence: 'explicit' }
  const spec = valueAt(object.tree, 'spec')
  const ports = firstOf(itemsAt(spec, 'ports'), MOST_PORTS).flatMap((item, at) => {
    const protocol = protocolAt(item)
    const name = textAt(item, 'name') ?? textAt(item, 'port') ?? String(at)
    if (protocol === undefined) return []
    const claim = { key: 'nodePort', name, protocol }
    return [
      ...onNodes(object, valueAt(item, 'nodePort'), { ...claim, common }),
      ...withinCluster(object, item, { common, protocol, name, index }),
    ]
  })
  const health = { key: 'healthCheckNodePort', name: 'health check', protocol: 'tcp' } as const
  return [...ports, ...onNodes(object, valueAt(spec, 'healthCheckNodePort'), { ...health, common })]
}

function onNodes(
  object: ClusterObject,
  value: Tree | undefined,
  about: {
    readonly key: string
    readonly name: string
    readonly protocol: 'tcp' | 'udp'
    readonly common: Common
  },
): readonly FoundPort[] {
  const port = value?.kind === 'scalar' ? parsePort(value.text) : undefined
  const isInside = /^(ClusterIP|ExternalName)$/.test(textAt(object.tree, 'spec', 'type') ?? '')
  if (value === undefined || port === undefined || isInside) return []
  const { key, name, protocol, common } = about
  const text = `${key}: ${port}`
  const isOutside = port < FIRST_NODE_PORT || port > LAST_NODE_PORT
  return [
    {
      ...{ ...common, ...object.at(value.offset), first: port, last: port, protocol, text },
      ...{ identity: `${identityOf(object)} ${name}`, stance: 'claim', scope: 'cluster' },
      ...(isOutside ? { flaw: outside(text) } : {}),
    },
  ]
}

function outside(text: string): Flaw {
  const range = `${FIRST_NODE_PORT}-${LAST_NODE_PORT}`
  return {
    rule: 'out-of-range',
    sentence: `${text} is not in ${range}, and a cluster that was not told otherwise refuses it.`,
    remedy: `Take one of ${range}, or leave it out to be given one.`,
  }
}

function withinCluster(
  object: ClusterObject,
  item: Tree,
  about: {
    readonly common: Common
    readonly protocol: 'tcp' | 'udp'
    readonly name: string
    readonly index: () => ClusterIndex
  },
): readonly FoundPort[] {
  const { common, protocol, name, index } = about
  const written = valueAt(item, 'port')
  const port = written?.kind === 'scalar' ? parsePort(written.text) : undefined
  if (written === undefined || port === undefined) return []
  const scope = `network service ${object.namespace}/${object.name}`
  const identity = `${identityOf(object)} ${name}`
  const own = { ...common, protocol, first: port, last: port, identity }
  const text = `port: ${port}`
  const served: FoundPort = {
    ...{ ...own, ...object.at(written.offset), scope, text, stance: 'documentation' },
  }
  const target = valueAt(item, 'targetPort')
  if (target?.kind !== 'scalar' || /^\d*$/.test(target.text)) return [served]
  const flaw = flawOfTarget(object, target.text, index())
  if (flaw === undefined) return [served]
  const { host, ...rest } = flaw
  const place = object.at(target.offset)
  const said = `targetPort: ${target.text}`
  return [
    served,
    { ...own, ...place, text: said, host, scope: 'cluster', stance: 'consumption', flaw: rest },
  ]
}
