/**
 * Connections within a cluster that its own manifests show to lead nowhere. Nothing is said about whoever
 * no manifest here speaks of: it may be in another repository.
 */
import { itemsAt, textAt } from '../document/tree.ts'
import type { Flaw } from '../found/found-port.ts'
import { areTogether, type ClusterIndex, type NamedPort } from './cluster-index.ts'
import type { ClusterObject } from './objects.ts'
import { labelsAt } from './pods.ts'

/** Whether a word is the name of a port, and no number. */
export function isPortName(word: string): boolean {
  return word !== '' && !/^\d+$/.test(word) && !/[{$]/.test(word)
}

/** Why a service's target leads nowhere: none of the pods it selects has a port of that name. */
export function flawOfTarget(
  service: ClusterObject,
  name: string,
  index: ClusterIndex,
): (Flaw & { readonly host: string }) | undefined {
  const selector = labelsAt(service.tree, 'spec', 'selector')
  if (!isPortName(name) || selector.size === 0) return undefined
  const [[key = '', value = ''] = []] = selector
  const selected = index
    .withLabel(`${key}=${value}`)
    .filter(
      ({ object, pod }) =>
        areTogether(object, service) &&
        [...selector].every(([key, value]) => pod.labels.get(key) === value),
    )
  const [first] = selected
  if (first === undefined) return undefined
  const one = new Map(selected.map(({ object }) => [`${object.kind} ${object.name}`, object]))
  const named = [...one.values()].flatMap((object) => index.portNames(object).map(nameOf))
  if (named.includes(name)) return undefined
  const who = [...one.keys()]
  return {
    ...{ rule: 'dangling-consumer', host: first.object.name },
    sentence: `Service ${service.name} sends to port ${name} of ${who.join(', ')}, which has ${listOf(named)}.`,
    remedy: 'Name a port of the container, or give the number of one.',
  }
}

/** Why a probe leads nowhere. */
export function flawOfProbe(
  object: ClusterObject,
  about: { readonly probe: string; readonly container: string; readonly name: string },
  index: ClusterIndex,
): Flaw | undefined {
  const own = index.portNames(object).filter(({ container }) => container === about.container)
  const named = own.map(nameOf)
  if (!isPortName(about.name) || named.includes(about.name)) return undefined
  return {
    rule: 'dangling-consumer',
    sentence: `The ${about.probe} of ${object.kind} ${object.name} asks port ${about.name} of its container, which has ${listOf(named)}.`,
    remedy: 'Name a port of the container, or give the number of one.',
  }
}

/** Why a connection to a service leads nowhere: the service is known, and has no such port. */
export function flawOfConnection(
  from: ClusterObject,
  to: { readonly host: string; readonly port: string },
  index: ClusterIndex,
): Flaw | undefined {
  const [name = '', namespace = from.namespace] = serviceNamed(to.host)
  const known = index
    .servicesNamed(name)
    .filter((one) => namespace === '' || one.namespace === '' || one.namespace === namespace)
  // Without an address of its own a service is the names of its pods, which have any port.
  const isOpen = known.some(
    ({ tree }) =>
      textAt(tree, 'spec', 'clusterIP') === 'None' ||
      textAt(tree, 'spec', 'type') === 'ExternalName' ||
      itemsAt(tree, 'spec', 'ports').length === 0,
  )
  if (known.length === 0 || isOpen) return undefined
  const ports = known.flatMap(({ tree }) =>
    itemsAt(tree, 'spec', 'ports').map((item) => [textAt(item, 'port'), textAt(item, 'name')]),
  )
  if (ports.flat().includes(to.port)) return undefined
  const there = [...new Set(ports.flatMap(([port]) => port ?? []))]
  return {
    rule: 'dangling-consumer',
    sentence: `${from.kind} ${from.name} connects to port ${to.port} of Service ${name}, which has ${listOf(there)}.`,
    remedy: 'Connect to a port of the service, or add this one to it.',
  }
}

/** `api`, `api.shop`, `api.shop.svc.cluster.local`; any other name is no service's. */
function serviceNamed(host: string): readonly string[] {
  const [name = '', namespace, svc, ...rest] = host.split('.')
  if (svc === undefined) return namespace === undefined ? [name] : [name, namespace]
  const isOfCluster = svc === 'svc' && /^(cluster\.local)?$/.test(rest.join('.'))
  return isOfCluster && namespace !== undefined ? [name, namespace] : []
}

function nameOf({ name }: NamedPort): string {
  return name
}

function listOf(words: readonly string[]): string {
  return words.length === 0 ? 'none with a name' : [...new Set(words)].join(', ')
}
