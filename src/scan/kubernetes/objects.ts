/**
 * The objects in a file of manifests, wherever they stand: several documents, lists of objects, JSON.
 * Each file is parsed once for all who ask, and documents that can say nothing about ports not at all.
 */
import { parseJson } from '../document/parse-json.ts'
import { parseYaml } from '../document/parse-yaml.ts'
import { itemsAt, type Tree, textAt } from '../document/tree.ts'
import type { Place, Remark } from '../found/found-port.ts'
import type { SourceText } from '../found/source-text.ts'

/** One object of a cluster. */
export interface ClusterObject {
  readonly source: SourceText
  readonly tree: Tree
  readonly kind: string
  /** Before the slash of `apps/v1`; `` for the core. */
  readonly group: string
  /** `` where it is left to whoever applies it. */
  readonly namespace: string
  readonly name: string
  /** Where something of it is, given its offset in the tree. */
  at(offset: number): Place
}

const NEVER = /^["']?kind["']?\s*:\s*["']?CustomResourceDefinition\b/m
const MAYBE =
  /\b(?:containers|ports|extraPortMappings|apiServerPort|backend|defaultBackend|data|items|healthCheckNodePort)["']?\s*:/
const MOST_OBJECTS = 5_000
const LARGE = 50_000
const LARGEST = 500_000
const known = new WeakMap<SourceText, readonly ClusterObject[]>()

/** Every object of a file that may say something about ports. */
export function objectsIn(source: SourceText): readonly ClusterObject[] {
  const before = known.get(source)
  if (before !== undefined) return before
  const objects = documentsOf(source)
    .filter(({ text }) => text.length <= LARGEST)
    .flatMap(({ text, base }) => {
      // What an alias points at is one object, in however many lists it is.
      const seen = new Set<Tree>()
      return treesOf(source.path, text).flatMap((tree) => objectsOf(source, tree, { base, seen }))
    })
    .slice(0, MOST_OBJECTS)
  known.set(source, objects)
  return objects
}

/** What of a file is larger than anything that somebody wrote, and was not read. */
export function unreadIn(source: SourceText): readonly Remark[] {
  return documentsOf(source)
    .filter(({ text }) => text.length > LARGEST)
    .map(({ base }) => ({
      ...source.at(base),
      sentence: `is a document of more than ${LARGEST} characters and was not read`,
    }))
}

/** What an object is known by, in whichever file it is spoken of. */
export function identityOf({ kind, namespace, name }: ClusterObject): string {
  return `${kind} ${namespace}/${name}`
}

function treesOf(path: string, text: string): readonly Tree[] {
  if (!path.endsWith('.json')) return parseYaml(text)
  const tree = parseJson(text)
  return tree === undefined ? [] : [tree]
}

/** What is large is data, such as a dashboard in a map, unless it speaks of ports itself. */
function isWorthParsing(part: string): boolean {
  if (!MAYBE.test(part) || NEVER.test(part)) return false
  return part.length < LARGE || /\b(?:hostPort|hostNetwork|nodePort|containerPort)\b/.test(part)
}

/** Documents apart before they are parsed: a bundle of definitions may hold megabytes of schemas. */
function documentsOf({
  path,
  text,
}: SourceText): readonly { readonly text: string; readonly base: number }[] {
  const documents: { readonly text: string; readonly base: number }[] = []
  let base = 0
  const starts = path.endsWith('.json') ? [] : [...text.matchAll(/^---(?=[ \t\r\n]|$)/gm)]
  for (const end of [...starts.map(({ index }) => index), text.length]) {
    const part = text.slice(base, end)
    if (isWorthParsing(part)) documents.push({ text: part, base })
    base = end
  }
  return documents
}

function objectsOf(
  source: SourceText,
  tree: Tree,
  { base, seen }: { readonly base: number; readonly seen: Set<Tree> },
): readonly ClusterObject[] {
  if (seen.has(tree)) return []
  seen.add(tree)
  const kind = textAt(tree, 'kind')
  const version = textAt(tree, 'apiVersion')
  if (kind === undefined || version === undefined) return []
  if (kind.endsWith('List')) {
    return itemsAt(tree, 'items').flatMap((item) => objectsOf(source, item, { base, seen }))
  }
  const slash = version.indexOf('/')
  return [
    {
      ...{ source, tree, kind, group: slash === -1 ? '' : version.slice(0, slash) },
      namespace: textAt(tree, 'metadata', 'namespace') ?? '',
      name: textAt(tree, 'metadata', 'name') ?? textAt(tree, 'metadata', 'generateName') ?? '',
      at: (offset) => source.at(base + offset),
    },
  ]
}
