/**
 * A parsed YAML tree to a value with the place of everything in it. Refuses what would surprise:
 * duplicate keys, keys that are not strings, merge keys, tags, aliases that never end, numbers that
 * are not what they look like. Reading goes on after each, so that all of them are named at once.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import type { Json } from '../../core/units/json.ts'
import { describeValue, quote } from './describe-value.ts'
import { type Issue, type Path, type Place, printPath } from './issue.ts'
import { type Complaint, type NodePlace, pathKey, type SourceDocument } from './source-document.ts'
import { surpriseOf } from './surprise.ts'

/** The most values a document may hold once its aliases are written out. */
export const VALUES_MAX = 100_000

/** The deepest nesting of lists and mappings. */
export const DEPTH_MAX = 64

/** What to read. */
export interface Reading {
  readonly file: string
  readonly text: string
  readonly root: Node
  readonly placeAt: (offset: number) => Place
}

/** Reads one document. */
export function readDocument(reading: Reading): {
  readonly document: SourceDocument
  readonly issues: readonly Issue[]
} {
  const reader = new Reader(reading)
  const value = reader.read(reading.root, [], undefined)
  const { places, flawed, issues } = reader
  return { document: { file: reading.file, value, places, flawed }, issues }
}

const CORE_TAG = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/

class Reader {
  readonly places: Map<string, NodePlace> = new Map()
  readonly flawed: Set<string> = new Set()
  readonly issues: Issue[] = []
  readonly #reading: Reading
  readonly #anchors: ReadonlyMap<string, readonly Node[]>
  readonly #open: Set<Node> = new Set()
  #values = 0
  #depth = 0

  constructor(reading: Reading) {
    this.#reading = reading
    this.#anchors = anchorsOf(reading.root)
  }

  read(node: Node | null | undefined, path: Path, key: Place | undefined): Json {
    this.#values += 1
    const value = this.#placeOf(node) ?? key ?? { line: 1, column: 1 }
    if (this.#values > VALUES_MAX || this.#depth > DEPTH_MAX) return this.#refuseSize(path, value)
    const place: NodePlace = key === undefined ? { value } : { key, value }
    this.places.set(pathKey(path), place)
    if (node === null || node === undefined) return null
    if (isAlias(node)) return this.#readAlias(node, path, place)
    this.#checkTag(node, path)
    if (isScalar(node)) return this.#readScalar(node, path, place)
    this.#open.add(node)
    this.#depth += 1
    const read = isMap(node) ? this.#readMap(node, path) : this.#readList(node, path)
    this.#depth -= 1
    this.#open.delete(node)
    return read
  }

  #readList(node: Node, path: Path): Json {
    if (!isSeq(node)) return null
    return node.items.map((item, index) =>
      this.read(item as Node | null, [...path, index], undefined),
    )
  }

  #readMap(node: YAMLMap, path: Path): Json {
    const members = new Map<string, { readonly value: Json; readonly place: Place }>()
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const place = this.#placeOf(pair.key) ?? { line: 1, column: 1 }
      const key = this.#readKey(pair.key, path, place)
      if (key === undefined) continue
      const first = members.get(key)
      if (first === undefined) {
        members.set(key, { value: this.read(pair.value, [...path, key], place), place })
      } else this.#refuseDuplicate({ path: [...path, key], key, place, first: first.place })
    }
    return Object.fromEntries([...members].map(([key, member]) => [key, member.value]))
  }

  #readKey(node: Node | null, path: Path, place: Place): string | undefined {
    const merge = isScalar(node) && node.value === '<<' && node.type === 'PLAIN'
    if (isScalar(node) && typeof node.value === 'string' && !merge) return node.value
    this.flawed.add(pathKey(path))
    if (merge) {
      this.#say(path, place, {
        code: 'merge-key',
        message: 'merge keys (<<) are not read; write the members out, or alias a whole value',
        expected: 'a key',
        found: '<<',
      })
    } else {
      const written = this.#written(node)
      const found = isScalar(node) ? describeValue(node.value) : 'a list or a mapping'
      const advice = isScalar(node) && written !== '' ? `; put it in quotes: ${quote(written)}` : ''
      this.#say(path, place, {
        code: 'key-not-string',
        message: `expected a string as key, found ${found}${advice}`,
        expected: 'a string as key',
        found,
      })
    }
    return undefined
  }

  #readScalar(node: Node, path: Path, place: NodePlace): Json {
    if (!isScalar(node)) return null
    const written = this.#written(node)
    this.places.set(pathKey(path), { ...place, written })
    const surprise =
      node.type === 'PLAIN' && node.tag === undefined && surpriseOf(written, node.value)
    if (surprise !== false && surprise !== undefined) {
      this.flawed.add(pathKey(path))
      this.#say(path, place.value, surprise)
      return written
    }
    const { value } = node
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
    return typeof value === 'number' ? value : written
  }

  #readAlias(node: Node, path: Path, place: NodePlace): Json {
    if (!isAlias(node)) return null
    const start = node.range?.[0] ?? 0
    const target = this.#anchors
      .get(node.source)
      ?.findLast((candidate) => (candidate.range?.[0] ?? 0) < start)
    const name = `*${node.source}`
    if (target !== undefined && !this.#open.has(target)) return this.read(target, path, place.key)
    this.flawed.add(pathKey(path))
    this.#say(
      path,
      place.value,
      target === undefined
        ? {
            code: 'alias-unresolved',
            message: `${name} names no anchor above it; an anchor is written &${node.source}`,
            expected: `an anchor &${node.source} above`,
            found: name,
          }
        : {
            code: 'alias-cycle',
            message: `${name} stands inside the value it repeats, so it would never end`,
            found: name,
          },
    )
    return null
  }

  #checkTag(node: Node, path: Path): void {
    const tag = 'tag' in node ? node.tag : undefined
    if (typeof tag !== 'string' || CORE_TAG.test(tag)) return
    const shown = tag.replace('tag:yaml.org,2002:', '!!')
    this.flawed.add(pathKey(path))
    const before = this.#reading.text.slice(0, node.range?.[0] ?? 0).trimEnd()
    const start = before.search(/\S+$/)
    this.#say(path, this.#reading.placeAt(Math.max(start, 0)), {
      code: 'tag-refused',
      message: `the tag ${shown} is not read; contracts hold plain values only`,
      expected: 'a plain value',
      found: `the tag ${shown}`,
    })
  }

  #refuseDuplicate(duplicate: {
    readonly path: Path
    readonly key: string
    readonly place: Place
    readonly first: Place
  }): void {
    const message = `the key ${quote(duplicate.key)} stands here a second time; only one can count`
    this.#say(duplicate.path, duplicate.place, {
      code: 'duplicate-key',
      message,
      expected: 'each key once',
      found: quote(duplicate.key),
    })
    const last = this.issues.pop()
    const related = [{ ...duplicate.first, message: 'it stands here for the first time' }]
    if (last !== undefined) this.issues.push({ ...last, related })
  }

  #refuseSize(path: Path, place: Place): Json {
    const expected =
      this.#depth > DEPTH_MAX
        ? `at most ${DEPTH_MAX} levels of nesting`
        : `at most ${VALUES_MAX} values once every alias is written out`
    const message = `expected ${expected}, found more`
    const known = this.issues.some((issue) => issue.message === message)
    this.flawed.add(pathKey(path))
    if (!known) this.#say(path, place, { code: 'too-large', message, expected, found: 'more' })
    return null
  }

  #say(path: Path, place: Place, complaint: Complaint): void {
    this.issues.push({ ...complaint, file: this.#reading.file, path: printPath(path), ...place })
  }

  #placeOf(node: Node | null | undefined): Place | undefined {
    const start = node?.range?.[0]
    return start === undefined ? undefined : this.#reading.placeAt(start)
  }

  #written(node: Node | null): string {
    const range = node?.range
    return range ? this.#reading.text.slice(range[0], range[1]) : ''
  }
}

/** Every anchored node by its name, in the order of the text. */
function anchorsOf(root: Node): ReadonlyMap<string, readonly Node[]> {
  const anchors = new Map<string, Node[]>()
  const visit = (node: unknown): void => {
    if (isAlias(node)) return
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) {
      anchors.set(node.anchor, [...(anchors.get(node.anchor) ?? []), node])
    }
    if (isSeq(node)) for (const item of node.items) visit(item)
    if (isMap(node)) {
      for (const pair of node.items) {
        visit(pair.key)
        visit(pair.value)
      }
    }
  }
  visit(root)
  return anchors
}
