/**
 * A foreign YAML file to items. More is read here than in a contract of our own: merge keys, several
 * documents, aliases, numbers as other tools write them. The limits on size are the same.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from 'yaml'
import type { Path, Place } from '../../document/issue.ts'
import { DOCUMENTS_MAX, TEXT_MAX_LENGTH } from '../../document/parse-documents.ts'
import { DEPTH_MAX, VALUES_MAX } from '../../document/read-document.ts'
import type { Losses } from '../losses.ts'
import { Item, type Scalar } from './item.ts'

/** Why a file cannot be imported at all. */
export interface Problem extends Place {
  readonly message: string
}

/** A file's documents, or the first reason why there are none. */
export interface ReadItems {
  readonly items: readonly Item[]
  readonly problem?: Problem
}

const TOP: Place = { line: 1, column: 1 }

/** Reads every document of a file. Never throws for what is in it. */
export function readItems(text: string, losses: Losses): ReadItems {
  const refusal = refuseText(text)
  if (refusal !== undefined) return { items: [], problem: { ...TOP, message: refusal } }
  const lines = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const parsed = parseYaml(text, lines)
  const error = parsed.flatMap((document) => document.errors)[0]
  if (error !== undefined) {
    const message = `this is no YAML: ${error.message}`
    return { items: [], problem: { ...placeAt(error.pos[0]), message } }
  }
  const items: Item[] = []
  for (const document of parsed) {
    if (document.contents === null) continue
    const reader = new ItemReader(document.contents, { text, losses, placeAt })
    const item = reader.read(document.contents, [], undefined)
    if (reader.problem !== undefined) return { items: [], problem: reader.problem }
    if (!item.isNull) items.push(item)
  }
  if (items.length > 0) return { items }
  return { items, problem: { ...TOP, message: 'the file holds nothing' } }
}

function refuseText(text: string): string | undefined {
  if (text.length > TEXT_MAX_LENGTH) {
    return `expected at most ${TEXT_MAX_LENGTH} characters, found ${text.length}`
  }
  if (text.includes('\0')) return 'found a NUL character: is this a binary file?'
  const documents = 1 + (text.match(/^---(?:\s|$)/gm)?.length ?? 0)
  if (documents > DOCUMENTS_MAX + 1) return `expected at most ${DOCUMENTS_MAX} documents`
  // A cheap bound, taken before the parser recurses into every bracket.
  let depth = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1
    else if ((character === ']' || character === '}') && depth > 0) depth -= 1
    if (depth > DEPTH_MAX) return `expected at most ${DEPTH_MAX} brackets inside each other`
  }
  return undefined
}

function parseYaml(text: string, lineCounter: LineCounter): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, {
    lineCounter,
    version: '1.2',
    schema: 'core',
    resolveKnownTags: false,
    prettyErrors: false,
    // A key merged in may be written again; real duplicates are told by our own reading.
    uniqueKeys: false,
    logLevel: 'silent',
  })
  return Array.isArray(documents) ? documents : []
}

interface Source {
  readonly text: string
  readonly losses: Losses
  readonly placeAt: (offset: number) => Place
}

class ItemReader {
  problem: Problem | undefined
  readonly #source: Source
  readonly #anchors: ReadonlyMap<string, readonly Node[]>
  readonly #open: Set<Node> = new Set()
  #values = 0

  constructor(root: Node, source: Source) {
    this.#source = source
    this.#anchors = anchorsOf(root)
  }

  read(node: unknown, path: Path, key: Place | undefined): Item {
    this.#values += 1
    const { losses } = this.#source
    const place = key ?? this.#placeOf(node)
    if (this.#values > VALUES_MAX || this.#open.size > DEPTH_MAX) {
      const message = `expected at most ${VALUES_MAX} values and ${DEPTH_MAX} levels, found more`
      this.problem ??= { ...place, message }
    }
    if (this.problem !== undefined) return new Item({ path, place, losses, content: null })
    if (isAlias(node)) return this.#readAlias(node, path, key)
    this.#noteTag(node, { path, place })
    const isAnchored = (isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined
    if (isScalar(node)) {
      const [from = 0, to = 0] = node.range ?? []
      const isPlain = node.type === 'PLAIN'
      const written = isPlain ? { written: this.#source.text.slice(from, to) } : {}
      const content = scalarOf(node.value)
      return new Item({ path, place, losses, content, isAnchored, ...written })
    }
    if (!isMap(node) && !isSeq(node)) return new Item({ path, place, losses, content: null })
    this.#open.add(node)
    const content = isMap(node)
      ? this.#readMap(node.items as readonly Pair[], path)
      : node.items.map((item, index) => this.read(item, [...path, index], undefined))
    this.#open.delete(node)
    return new Item({ path, place, losses, content, isAnchored })
  }

  #readMap(pairs: readonly Pair[], path: Path): ReadonlyMap<string, Item> {
    const own = new Map<string, Item>()
    const merged = new Map<string, Item>()
    for (const { key: node, value } of pairs) {
      const key = isScalar(node) ? this.#keyText(node) : undefined
      const place = this.#placeOf(node)
      if (key === undefined) {
        const why = 'a key that is no text cannot be read'
        this.#source.losses.add({ ...place, what: path.join('.'), why })
      } else if (key === '<<') {
        for (const [name, item] of this.#readMerge(value, path)) {
          if (!merged.has(name)) merged.set(name, item)
        }
      } else {
        own.get(key)?.lose('the key stands here twice; the last one counts')
        own.set(key, this.read(value, [...path, key], place))
      }
    }
    return new Map([...[...merged].filter(([name]) => !own.has(name)), ...own])
  }

  /** The members that a merge key brings in: of one mapping, or of several, the first counting. */
  #readMerge(node: unknown, path: Path): readonly (readonly [string, Item])[] {
    if (!isSeq(node)) return this.read(node, path, undefined).members()
    return node.items.flatMap((item) => this.read(item, path, undefined).members())
  }

  #readAlias(node: Node, path: Path, key: Place | undefined): Item {
    const name = isAlias(node) ? node.source : ''
    const start = node.range?.[0] ?? 0
    const target = this.#anchors.get(name)?.findLast((one) => (one.range?.[0] ?? 0) < start)
    if (target !== undefined && !this.#open.has(target)) return this.read(target, path, key)
    const place = this.#placeOf(node)
    const message =
      target === undefined
        ? `*${name} names no anchor above it`
        : `*${name} stands inside the value it repeats, so it would never end`
    this.problem ??= { ...place, message }
    return new Item({ path, place, losses: this.#source.losses, content: null })
  }

  #noteTag(node: unknown, at: { readonly path: Path; readonly place: Place }): void {
    const tag = isScalar(node) || isMap(node) || isSeq(node) ? node.tag : undefined
    if (tag === undefined || tag.startsWith('tag:yaml.org,2002:')) return
    const why = `the tag ${tag} is not read, only what it stands before`
    new Item({ ...at, losses: this.#source.losses, content: null }).note(why)
  }

  #keyText(node: Node): string | undefined {
    if (!isScalar(node) || node.value === null) return undefined
    const [from = 0, to = 0] = node.range ?? []
    return typeof node.value === 'string' ? node.value : this.#source.text.slice(from, to)
  }

  #placeOf(node: unknown): Place {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : null
    return range ? this.#source.placeAt(range[0]) : TOP
  }
}

function scalarOf(value: unknown): Scalar {
  const isScalarValue = ['string', 'number', 'boolean'].includes(typeof value)
  return isScalarValue ? (value as Scalar) : null
}

/** Every anchored node by its name, in the order of the text. */
function anchorsOf(root: Node): ReadonlyMap<string, readonly Node[]> {
  const anchors = new Map<string, Node[]>()
  const visit = (node: unknown): void => {
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (node.anchor !== undefined) {
        anchors.set(node.anchor, [...(anchors.get(node.anchor) ?? []), node])
      }
    }
    if (isSeq(node)) for (const item of node.items) visit(item)
    if (!isMap(node)) return
    for (const pair of node.items as readonly Pair[]) {
      visit(pair.key)
      visit(pair.value)
    }
  }
  visit(root)
  return anchors
}
