/** Bootstraps of Envoy and files of its resources: listeners, the admin door, and clusters it connects to. */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { parseJson } from '../document/parse-json.ts'
import { parseYaml } from '../document/parse-yaml.ts'
import type { Tree, TreeScalar } from '../document/tree.ts'
import { ofEnvironment } from '../found/environment-of.ts'
import type { FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { folderOf, nameOf } from '../found/paths.ts'
import { addressesOf, parsePort } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'

/** Reads files whose name or folder says that they are Envoy's. */
export const envoyReader: FormatReader = {
  name: 'envoy',
  takes: (path) => /(envoy[^/]*|(^|\/)envoy\/.*)\.(ya?ml|json)$/i.test(path),
  hint: /socket_?address/i,
  read: readEnvoy,
}

interface Around {
  readonly source: SourceText
  readonly common: Pick<FoundPort, 'format' | 'unit' | 'service' | 'scope'> &
    Partial<Pick<FoundPort, 'environment' | 'variant'>>
}

const OTHER_SOCKETS = /bind_?config|source_?address|health_?check_?config/i

function readEnvoy(source: SourceText): Findings {
  const json = source.path.endsWith('.json') ? parseJson(source.text) : undefined
  const trees = json === undefined ? parseYaml(source.text) : [json]
  const environment = ofEnvironment(source.path)
  const isBootstrap = trees.some((tree) => at(tree, 'static_resources', 'admin') !== undefined)
  const around: Around = {
    source,
    common: {
      ...{
        format: 'envoy',
        unit: `envoy ${folderOf(source.path)}`,
        service: 'envoy',
        scope: 'host',
      },
      // Bootstraps beside each other are ways of starting it; files of resources belong to all of them.
      ...(isBootstrap ? { variant: nameOf(source.path) } : {}),
      ...environment,
    },
  }
  return { ports: trees.flatMap((tree) => ofDocument(tree, around)) }
}

function ofDocument(tree: Tree, around: Around): readonly FoundPort[] {
  const resources = itemsOf(at(tree, 'resources'))
  const listeners = [
    ...itemsOf(at(at(tree, 'static_resources'), 'listeners')),
    ...resources.filter((one) => /\.Listener$/.test(typeOf(one))),
  ]
  const clusters = [
    ...itemsOf(at(at(tree, 'static_resources'), 'clusters')),
    ...resources.filter((one) => /\.(Cluster|ClusterLoadAssignment)$/.test(typeOf(one))),
  ]
  const admin = socketOf(at(at(tree, 'admin'), 'address'))
  return [
    ...(admin === undefined ? [] : claimOf(admin, { around, name: 'envoy-admin', isBound: true })),
    ...[...new Set(listeners)].flatMap((one) => ofListener(one, around)),
    ...connectionsBelow(clusters, around),
  ]
}

function ofListener(listener: Tree, around: Around): readonly FoundPort[] {
  const more = itemsOf(at(listener, 'additional_addresses')).map((one) => at(one, 'address'))
  const name = wordOf(at(listener, 'name')) ?? 'envoy'
  const old = at(at(listener, 'deprecated_v1'), 'bind_to_port')
  // Others of its listeners hand connections on to one that is not bound.
  const isBound = wordOf(at(listener, 'bind_to_port') ?? old) !== 'false'
  return [at(listener, 'address'), ...more].flatMap((address) => {
    const socket = socketOf(address)
    return socket === undefined ? [] : claimOf(socket, { around, name, isBound })
  })
}

function claimOf(
  socket: Tree,
  {
    around,
    name,
    isBound,
  }: { readonly around: Around; readonly name: string; readonly isBound: boolean },
): readonly FoundPort[] {
  const value = scalarOf(at(socket, 'port_value'))
  const port = parsePort(value?.text ?? '')
  if (value === undefined || port === undefined) return []
  const host = wordOf(at(socket, 'address')) ?? ''
  const isBoth = host === '::' && wordOf(at(socket, 'ipv4_compat')) === 'true'
  const addresses = host === '*' || host === '' ? ['0.0.0.0'] : addressesOf(host)
  return [
    {
      ...{ ...around.common, ...around.source.at(value.offset), first: port, last: port },
      ...{ service: name, text: `${host}:${port}`, confidence: 'explicit' },
      protocol: wordOf(at(socket, 'protocol')) === 'UDP' ? 'udp' : 'tcp',
      addresses: isBoth ? EVERY_ADDRESS : addresses,
      stance: isBound ? 'claim' : 'documentation',
    },
  ]
}

/** Every socket of clusters but those that they connect from; an alias is looked at once. */
function connectionsBelow(clusters: readonly Tree[], around: Around): readonly FoundPort[] {
  const found: FoundPort[] = []
  const seen = new Set<Tree>()
  const waiting = clusters.toReversed()
  for (let tree = waiting.pop(); tree !== undefined; tree = waiting.pop()) {
    if (seen.has(tree) || tree.kind === 'scalar') continue
    seen.add(tree)
    const socket = socketOf(tree)
    if (socket !== undefined) found.push(...connectionTo(socket, around))
    for (const inner of innerOf(tree).toReversed()) if (!seen.has(inner)) waiting.push(inner)
  }
  return found
}

function innerOf(tree: Tree): readonly Tree[] {
  if (tree.kind === 'scalar') return []
  if (tree.kind === 'list') return tree.items
  return [...tree.entries].flatMap(([key, { value }]) => (OTHER_SOCKETS.test(key) ? [] : [value]))
}

function connectionTo(socket: Tree, { source, common }: Around): readonly FoundPort[] {
  const value = scalarOf(at(socket, 'port_value'))
  const port = parsePort(value?.text ?? '')
  const host = wordOf(at(socket, 'address'))?.toLowerCase()
  if (value === undefined || port === undefined || host === undefined) return []
  return [
    {
      ...{ ...common, ...source.at(value.offset), first: port, last: port, host },
      ...{ stance: 'consumption', confidence: 'explicit', text: `${host}:${port}` },
      protocol: wordOf(at(socket, 'protocol')) === 'UDP' ? 'udp' : 'tcp',
      addresses: addressesOf(host),
    },
  ]
}

function socketOf(address: Tree | undefined): Tree | undefined {
  return at(address, 'socket_address')
}

/** A member by any of these names, as protocol buffers spell them: `port_value` or `portValue`. */
function at(tree: Tree | undefined, ...names: readonly string[]): Tree | undefined {
  if (tree?.kind !== 'map') return undefined
  for (const name of names) {
    const camel = name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
    const found = tree.entries.get(name) ?? tree.entries.get(camel)
    if (found !== undefined) return found.value
  }
  return undefined
}

function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === 'list' ? tree.items : []
}

function scalarOf(tree: Tree | undefined): TreeScalar | undefined {
  return tree?.kind === 'scalar' ? tree : undefined
}

function wordOf(tree: Tree | undefined): string | undefined {
  return scalarOf(tree)?.text
}

function typeOf(resource: Tree): string {
  return wordOf(at(resource, '@type')) ?? ''
}
