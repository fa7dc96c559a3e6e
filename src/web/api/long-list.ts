/**
 * Lists that the API gives page by page, read as far as anybody looks: many pages at once, and the same
 * again whenever somebody reads on. Whoever shows one says where it ends, see `ListEnd`.
 */
import { type InfiniteData, infiniteQueryOptions, type QueryKey } from '@tanstack/react-query'
import { ask, type WebRequest } from './request.ts'

/** How many pages are read at once. */
const PAGES_AT_ONCE = 10

/** How many items are asked for at once. */
const ITEMS_A_PAGE = 500

/** What was read at once. */
export interface Stretch<Page> {
  readonly pages: readonly Page[]
  /** The cursor of what follows; absent: this was the end. */
  readonly next?: string | undefined
}

/** A list as far as it was read, stretch by stretch. */
export type ReadSoFar<Page> = InfiniteData<Stretch<Page>, string>

/** Which list, and how much of it is read at once. */
export interface LongList<Page, Data> {
  readonly queryKey: QueryKey
  readonly path: string
  readonly query?: WebRequest['query']
  readonly itemsAPage?: number
  readonly pagesAtOnce?: number
  /** What those who show it want of it; the same function each time, so that it is not done again. */
  readonly select: (read: ReadSoFar<Page>) => Data
}

/** How it is asked for. */
export function longList<Page extends { readonly next?: string }, Data>(
  list: LongList<Page, Data>,
) {
  return infiniteQueryOptions({
    queryKey: list.queryKey,
    queryFn: ({ pageParam, signal }) => readStretch<Page>({ ...list, cursor: pageParam, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }: Stretch<Page>) => next,
    select: list.select,
  })
}

/** Every page that was read. */
export function pagesOf<Page>({ pages }: ReadSoFar<Page>): readonly Page[] {
  return pages.flatMap((stretch) => stretch.pages)
}

/** Every item of the one list that is in every page. */
export function itemsOf<Item>(read: ReadSoFar<object>): readonly Item[] {
  return pagesOf(read).flatMap((page) => {
    const found = Object.values(page).find((member) => Array.isArray(member))
    return (found ?? []) as Item[]
  })
}

async function readStretch<Page extends { readonly next?: string }>(
  asked: Pick<LongList<Page, unknown>, 'path' | 'query' | 'itemsAPage' | 'pagesAtOnce'> & {
    readonly cursor: string
    readonly signal: AbortSignal
  },
): Promise<Stretch<Page>> {
  const { path, query, signal, itemsAPage = ITEMS_A_PAGE, pagesAtOnce = PAGES_AT_ONCE } = asked
  const pages: Page[] = []
  let cursor: string | undefined = asked.cursor || undefined
  do {
    const page: Page = await ask({ path, query: { ...query, limit: itemsAPage, cursor }, signal })
    pages.push(page)
    cursor = page.next
  } while (cursor !== undefined && pages.length < pagesAtOnce)
  return { pages, next: cursor }
}
