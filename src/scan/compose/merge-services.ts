/**
 * Several files of one composition become one: a later file's ports are added to an earlier one's, unless
 * it says `!override` or `!reset`. What comes from which file is kept.
 */
import { entriesAt, type Tree, type TreeEntry, type TreeMap, textAt } from '../document/tree.ts'
import type { Folder } from '../found/folder.ts'
import { folderOf, within } from '../found/paths.ts'
import type { SourceText } from '../found/source-text.ts'

/** A part of a service, and the file it is written in. */
export interface Layer {
  readonly source: SourceText
  readonly tree: TreeMap
}

/** A service: the layers that still count, for each of its keys that adds up. */
export interface ComposedService {
  readonly name: string
  /** From the first to the last. */
  readonly layers: readonly Layer[]
}

type Parse = (source: SourceText) => Tree | undefined

const MOST_FILES = 20

/** The services of some files, in the order in which they are given to compose. */
export function composeServices(
  files: readonly SourceText[],
  folder: Folder,
  parse: Parse,
): ReadonlyMap<string, ComposedService> {
  const services = new Map<string, ComposedService>()
  const all = files.flatMap((file) => withIncluded(file, { folder, parse, seen: new Set() }))
  for (const source of all) {
    for (const [name, { value }] of entriesAt(parse(source), 'services')) {
      if (value.kind !== 'map') continue
      if (value.tag === '!reset') {
        services.delete(name)
        continue
      }
      const own = withExtended({ source, tree: value }, { folder, parse }, 0)
      const before = value.tag === '!override' ? [] : (services.get(name)?.layers ?? [])
      services.set(name, { name, layers: [...before, ...own] })
    }
  }
  return services
}

/** The layers of which one key counts, given what later ones override or reset. */
export function layersFor(service: ComposedService, key: string): readonly Layer[] {
  let counted: Layer[] = []
  for (const layer of service.layers) {
    const value = layer.tree.entries.get(key)?.value
    if (value?.tag === '!reset' || value?.tag === '!override') counted = []
    if (value !== undefined && value.tag !== '!reset') counted.push(layer)
  }
  return counted
}

/** The last word on a key that does not add up. */
export function lastOf(service: ComposedService, key: string): TreeEntry | undefined {
  return layersFor(service, key).at(-1)?.tree.entries.get(key)
}

function withIncluded(
  source: SourceText,
  around: { readonly folder: Folder; readonly parse: Parse; readonly seen: Set<string> },
): readonly SourceText[] {
  if (around.seen.has(source.path) || around.seen.size >= MOST_FILES) return []
  around.seen.add(source.path)
  const tree = around.parse(source)
  const include = tree?.kind === 'map' ? tree.entries.get('include')?.value : undefined
  const items = include?.kind === 'list' ? include.items : []
  const paths = items.flatMap((item) => {
    if (item.kind === 'scalar') return [item.text]
    const path = item.kind === 'map' ? item.entries.get('path')?.value : undefined
    if (path?.kind === 'list')
      return path.items.flatMap((one) => (one.kind === 'scalar' ? [one.text] : []))
    return path?.kind === 'scalar' ? [path.text] : []
  })
  const included = paths.flatMap((path) => {
    const found = within(folderOf(source.path), path)
    const file = found === undefined ? undefined : around.folder.read(found)
    return file === undefined ? [] : withIncluded(file, around)
  })
  return [...included, source]
}

function withExtended(
  layer: Layer,
  around: { readonly folder: Folder; readonly parse: Parse },
  depth: number,
): readonly Layer[] {
  const extended = layer.tree.entries.get('extends')?.value
  if (extended === undefined || depth > 8) return [layer]
  const name = extended.kind === 'scalar' ? extended.text : textAt(extended, 'service')
  const file = extended.kind === 'map' ? textAt(extended, 'file') : undefined
  const path = file === undefined ? undefined : within(folderOf(layer.source.path), file)
  const source =
    file === undefined ? layer.source : path === undefined ? undefined : around.folder.read(path)
  if (source === undefined || name === undefined) return [layer]
  const services = new Map(entriesAt(around.parse(source), 'services'))
  const tree = services.get(name)?.value
  if (tree?.kind !== 'map' || tree === layer.tree) return [layer]
  return [...withExtended({ source, tree }, around, depth + 1), layer]
}
