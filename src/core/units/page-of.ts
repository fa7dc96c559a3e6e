/**
 * One page of a list that is read whole. Its cursor is the place in the order of the list, not a count:
 * what comes and goes between two pages moves nothing else, so that nothing is shown twice or left out.
 */

/** Which page of a list. */
export interface PageOf {
  readonly limit: number
  /** `next` of the page before. */
  readonly cursor?: string | undefined
}

/** Some of a list, and where it goes on. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next?: string
}

/**
 * The page after the cursor.
 *
 * @param orderOf where an item stands: the list is in the order of these, by code point; unique, and for
 *   as long as the item is there the same
 */
export function pageOf<Item>(
  items: Iterable<Item>,
  orderOf: (item: Item) => string,
  { limit, cursor = '' }: PageOf,
): Page<Item> {
  const placed: { readonly order: string; readonly item: Item }[] = []
  for (const item of items) {
    const order = orderOf(item)
    if (order > cursor) placed.push({ order, item })
  }
  placed.sort((one, other) => (one.order < other.order ? -1 : 1))
  const shown = placed.slice(0, limit)
  const last = shown.at(-1)
  const page = shown.map(({ item }) => item)
  return placed.length <= limit || last === undefined
    ? { items: page }
    : { items: page, next: last.order }
}

/** As many digits as every instant and every count has. */
const DIGITS = 16

/** A number in the order of numbers. */
export function ascending(number: number): string {
  return String(Math.max(0, Math.trunc(number))).padStart(DIGITS, '0')
}

/** A number in the reverse order. */
export function descending(number: number): string {
  return ascending(Number.MAX_SAFE_INTEGER - number)
}
