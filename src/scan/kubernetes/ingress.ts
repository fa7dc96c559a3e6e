/** The services that an ingress sends to. @source Kubernetes API, IngressBackend */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { itemsAt, type Tree, textAt, valueAt } from '../document/tree.ts'
import type { FoundPort } from '../found/found-port.ts'
import { parsePort } from '../found/port-words.ts'
import type { ClusterIndex } from './cluster-index.ts'
import { flawOfConnection } from './dangling.ts'
import type { ClusterObject } from './objects.ts'
import type { ObjectWords } from './pod-ports.ts'
import { firstOf } from './pods.ts'

/** Rules, and paths of each. */
const MOST = 200

/** Connections of an ingress; those by a name only where nobody has that name. */
export function readIngress(
  object: ClusterObject,
  words: ObjectWords,
  index: () => ClusterIndex,
): readonly FoundPort[] {
  const spec = valueAt(object.tree, 'spec')
  const rules = firstOf(itemsAt(spec, 'rules'), MOST)
  const paths = rules.flatMap((rule) => firstOf(itemsAt(rule, 'http', 'paths'), MOST))
  const backends = [valueAt(spec, 'defaultBackend'), ...paths.map((one) => valueAt(one, 'backend'))]
  return backends.flatMap((backend) => connectionOf(object, backend, { words, index }))
}

function connectionOf(
  object: ClusterObject,
  backend: Tree | undefined,
  { words, index }: { readonly words: ObjectWords; readonly index: () => ClusterIndex },
): readonly FoundPort[] {
  const service = valueAt(backend, 'service')
  const host = textAt(service, 'name')
  const written = valueAt(service, 'port', 'number') ?? valueAt(service, 'port', 'name')
  if (host === undefined || written?.kind !== 'scalar') return []
  const flaw = flawOfConnection(object, { host, port: written.text }, index())
  const port = parsePort(written.text)
  if (port === undefined && flaw === undefined) return []
  // Of a name that nobody has no number is known; the usual one stands for it.
  const first = port ?? 80
  return [
    {
      ...{ ...words, ...object.at(written.offset), first, last: first, host },
      ...{ service: object.name, text: `${host}:${written.text}`, addresses: EVERY_ADDRESS },
      ...({ stance: 'consumption', confidence: 'explicit', protocol: 'tcp' } as const),
      ...{ scope: 'cluster', ...(flaw === undefined ? {} : { flaw }) },
    },
  ]
}
