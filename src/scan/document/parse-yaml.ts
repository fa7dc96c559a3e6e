/** YAML as trees. Never throws: what cannot be read is simply not there. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parseAllDocuments,
} from 'yaml'
import type { Tree, TreeEntry } from './tree.ts'

const MOST_DEPTH = 100

/** Maps that are merged into maps that are merged are as many as the square of their lines. */
const MOST_MERGED = 100_000

/** What is wrong with a text, and where. */
export interface YamlProblem {
  readonly offset: number
  readonly sentence: string
}

/** Every document of a text. */
export function parseYaml(text: string): readonly Tree[] {
  return readYaml(text).trees
}

/** Every document of a text, as far as it can be read, and the first thing that is wrong with it. */
export function readYaml(text: string): {
  readonly trees: readonly Tree[]
  readonly problem?: YamlProblem
} {
  const documents = parseAllDocuments(text, {
    logLevel: 'silent',
    // Lines are counted where they are told of, and not for every token.
    prettyErrors: false,
    uniqueKeys: false,
    strict: false,
  })
  if (!Array.isArray(documents)) return { trees: [] }
  const trees = documents.flatMap((document) => {
    const tree = new Growing().grow(document.contents, 0)
    return tree === undefined ? [] : [tree]
  })
  const [error] = documents.flatMap(({ errors }) => errors)
  if (error === undefined) return { trees }
  const sentence = error.message.split(/\n| at line /)[0] ?? ''
  return { trees, problem: { offset: error.pos[0], sentence } }
}

/** One document becoming a tree. */
class Growing {
  readonly #grown = new Map<Node, Tree>()
  readonly #anchors = new Map<string, Node>()
  #merged = 0

  grow(node: ParsedNode | Node | null, depth: number): Tree | undefined {
    if (node === null || depth > MOST_DEPTH) return undefined
    if (isAlias(node)) return this.#growAlias(node.source)
    const known = this.#grown.get(node)
    if (known !== undefined) return known
    if ('anchor' in node && node.anchor !== undefined) this.#anchors.set(node.anchor, node)
    const tree = this.#build(node, depth)
    if (tree !== undefined) this.#grown.set(node, tree)
    return tree
  }

  /** What an anchor stands on; an alias within its own anchor leads nowhere. */
  #growAlias(source: string): Tree | undefined {
    const node = this.#anchors.get(source)
    return node === undefined ? undefined : this.#grown.get(node)
  }

  #build(node: Node, depth: number): Tree | undefined {
    const offset = node.range?.[0] ?? 0
    const tag = node.tag?.startsWith('!') === true ? { tag: node.tag } : {}
    if (isScalar(node)) {
      const text = node.source ?? String(node.value ?? '')
      return { kind: 'scalar', offset, ...tag, text, isNumber: typeof node.value === 'number' }
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.grow(item as Node, depth + 1))
      return { kind: 'list', offset, ...tag, items: items.filter((item) => item !== undefined) }
    }
    if (!isMap(node)) return undefined
    const entries = new Map<string, TreeEntry>()
    for (const { key, value } of node.items) {
      const keyTree = this.grow(key as Node, depth + 1)
      const valueTree = this.grow(value as Node | null, depth + 1)
      if (keyTree?.kind !== 'scalar') continue
      const grown = valueTree ?? emptyAt(keyTree.offset)
      if (keyTree.text === '<<') this.#mergeInto(entries, grown)
      else entries.set(keyTree.text, { keyOffset: keyTree.offset, value: grown })
    }
    return { kind: 'map', offset, ...tag, entries }
  }

  /** `<<`: what is merged in gives way to what is written. */
  #mergeInto(entries: Map<string, TreeEntry>, merged: Tree): void {
    for (const map of merged.kind === 'list' ? merged.items : [merged]) {
      if (map.kind !== 'map') continue
      this.#merged += map.entries.size
      if (this.#merged > MOST_MERGED) return
      for (const [key, entry] of map.entries) if (!entries.has(key)) entries.set(key, entry)
    }
  }
}

function emptyAt(offset: number): Tree {
  return { kind: 'scalar', offset, text: '', isNumber: false }
}
