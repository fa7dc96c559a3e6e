/**
 * Values of charts. What a chart makes of them only its templates know, so that every port of them is a
 * guess: by keys that nearly all charts use for ports of nodes.
 */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { parseYaml } from '../document/parse-yaml.ts'
import { entriesAt, type Tree, textAt } from '../document/tree.ts'
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { calledBy, folderOf, nameOf } from '../found/paths.ts'
import { parsePort } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'

/** Reads values of charts. */
export const valuesReader: FormatReader = {
  name: 'helm-values',
  takes: (path) => /^values([.-][\w-]+)*\.ya?ml$|[.-]values\.ya?ml$/.test(nameOf(path)),
  hint: /\b(?:hostPorts?|nodePorts?)\b/i,
  read: readValues,
}

const MOST_DEPTH = 30
const KEYS = /^(host|node)ports?$/i

type Words = Pick<FoundPort, 'format' | 'unit' | 'service'> &
  Partial<Pick<FoundPort, 'environment'>>

interface Reading {
  readonly source: SourceText
  readonly words: Words
  /** Aliases share what they point at, which is told once. */
  readonly seen: Set<Tree>
}

function readValues(source: SourceText, _folder: Folder): Findings {
  const home = folderOf(source.path)
  const reading: Reading = {
    source,
    words: {
      ...{ format: 'helm', unit: `helm ${home}` },
      service: calledBy(home) === '.' ? nameOf(source.path) : calledBy(home),
      ...ofEnvironment(source.path),
    },
    seen: new Set(),
  }
  return { ports: parseYaml(source.text).flatMap((tree) => portsBelow(tree, [], reading)) }
}

function portsBelow(tree: Tree, path: readonly string[], reading: Reading): readonly FoundPort[] {
  if (path.length > MOST_DEPTH || tree.kind === 'scalar' || reading.seen.has(tree)) return []
  reading.seen.add(tree)
  if (tree.kind === 'list') {
    return tree.items.flatMap((item, at) => portsBelow(item, [...path, String(at)], reading))
  }
  if (isOff(tree)) return []
  return entriesAt(tree).flatMap(([key, { value }]) => {
    const own = [...path, key]
    const kind = KEYS.exec(key)?.[1]?.toLowerCase()
    if (kind === undefined) return portsBelow(value, own, reading)
    // A service that only the cluster reaches has no ports of nodes, whatever is written.
    if (kind === 'node' && textAt(tree, 'type') === 'ClusterIP') return []
    return portsOf(value, { path: own, kind, reading })
  })
}

function isOff(tree: Tree): boolean {
  return textAt(tree, 'enabled') === 'false' || textAt(tree, 'enable') === 'false'
}

/** A number, or a map of them by their names. */
function portsOf(
  value: Tree,
  about: { readonly path: readonly string[]; readonly kind: string; readonly reading: Reading },
): readonly FoundPort[] {
  const { path, kind, reading } = about
  if (path.length > MOST_DEPTH || value.kind === 'list') return []
  if (value.kind === 'map') {
    if (isOff(value) || reading.seen.has(value)) return []
    reading.seen.add(value)
    return entriesAt(value).flatMap(([key, entry]) =>
      portsOf(entry.value, { ...about, path: [...path, key] }),
    )
  }
  const port = parsePort(value.text)
  if (port === undefined) return []
  const { source, words } = reading
  const name = path.join('.')
  return [
    {
      ...{ ...words, ...source.at(value.offset), first: port, last: port },
      ...{ stance: 'claim', confidence: 'heuristic', addresses: EVERY_ADDRESS },
      ...{ protocol: /udp/i.test(path.at(-1) ?? '') ? 'udp' : 'tcp' },
      scope: kind === 'host' ? 'node' : 'cluster',
      text: `${name}: ${port}`,
      // Values for one environment take the place of those for all.
      identity: `helm ${folderOf(source.path)} ${name}`,
      because: 'a value of a chart that is called so',
    },
  ]
}
