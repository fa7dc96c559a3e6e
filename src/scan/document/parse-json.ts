/** JSON, with comments and trailing commas as editors write it, as a tree. Never throws. */
import { type Node, parseTree } from 'jsonc-parser'
import type { Tree, TreeEntry } from './tree.ts'

const MOST_DEPTH = 100

/** The document of a text; undefined when there is none. */
export function parseJson(text: string): Tree | undefined {
  // The parser goes down as deep as brackets do, and would go too deep.
  if (depthOf(text) > MOST_DEPTH) return undefined
  const root = parseTree(text, [], { allowTrailingComma: true, disallowComments: false })
  return root === undefined ? undefined : treeOf(root)
}

function depthOf(text: string): number {
  let [depth, deepest] = [0, 0]
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (code === 0x5d || code === 0x7d) depth -= 1
  }
  return deepest
}

function treeOf(node: Node): Tree {
  const { offset } = node
  if (node.type === 'array') {
    return { kind: 'list', offset, items: (node.children ?? []).map(treeOf) }
  }
  if (node.type !== 'object') {
    const isNumber = node.type === 'number'
    // The text of a string begins behind its quotation mark.
    const begin = node.type === 'string' ? offset + 1 : offset
    return { kind: 'scalar', offset: begin, text: String(node.value ?? ''), isNumber }
  }
  const entries = new Map<string, TreeEntry>()
  for (const { children = [] } of node.children ?? []) {
    const [key, value] = children
    if (key === undefined || value === undefined) continue
    entries.set(String(key.value), { keyOffset: key.offset + 1, value: treeOf(value) })
  }
  return { kind: 'map', offset, entries }
}
