/**
 * Documents of YAML and JSON as one tree that knows where everything stands. Aliases share what they
 * point at and are never copied, so that a document of a kilobyte cannot become one of a gigabyte.
 */

/** A map. */
export interface TreeMap {
  readonly kind: 'map'
  readonly offset: number
  readonly tag?: string
  readonly entries: ReadonlyMap<string, TreeEntry>
}

/** A member of a map. */
export interface TreeEntry {
  readonly keyOffset: number
  readonly value: Tree
}

/** A list. */
export interface TreeList {
  readonly kind: 'list'
  readonly offset: number
  readonly tag?: string
  readonly items: readonly Tree[]
}

/** A scalar, as text. */
export interface TreeScalar {
  readonly kind: 'scalar'
  readonly offset: number
  readonly tag?: string
  readonly text: string
  /** Whether it is written as a number. */
  readonly isNumber: boolean
}

/** Any of them. */
export type Tree = TreeMap | TreeList | TreeScalar

/** What a path of keys leads to. */
export function valueAt(tree: Tree | undefined, ...keys: readonly string[]): Tree | undefined {
  let value = tree
  for (const key of keys) {
    value = value?.kind === 'map' ? value.entries.get(key)?.value : undefined
  }
  return value
}

/** The scalar's text that a path of keys leads to. */
export function textAt(tree: Tree | undefined, ...keys: readonly string[]): string | undefined {
  const value = valueAt(tree, ...keys)
  return value?.kind === 'scalar' ? value.text : undefined
}

/** The list's items, or none. */
export function itemsAt(tree: Tree | undefined, ...keys: readonly string[]): readonly Tree[] {
  const value = valueAt(tree, ...keys)
  return value?.kind === 'list' ? value.items : []
}

/** The map's members, or none. */
export function entriesAt(
  tree: Tree | undefined,
  ...keys: readonly string[]
): readonly (readonly [string, TreeEntry])[] {
  const value = valueAt(tree, ...keys)
  return value?.kind === 'map' ? [...value.entries] : []
}

/** A scalar, or each scalar of a list. */
export function scalarsAt(
  tree: Tree | undefined,
  ...keys: readonly string[]
): readonly TreeScalar[] {
  const value = valueAt(tree, ...keys)
  if (value?.kind === 'scalar') return [value]
  return value?.kind === 'list' ? value.items.filter((item) => item.kind === 'scalar') : []
}
