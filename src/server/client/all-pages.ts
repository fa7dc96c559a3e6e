/** Reading a whole list, page by page. */

/** Every page of it, in order. */
export async function allPages<Page extends { readonly next?: string }>(
  ask: (cursor: string | undefined) => Promise<Page>,
): Promise<readonly Page[]> {
  const pages: Page[] = []
  let cursor: string | undefined
  do {
    const page = await ask(cursor)
    pages.push(page)
    cursor = page.next
  } while (cursor !== undefined)
  return pages
}
