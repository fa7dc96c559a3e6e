/** Changing something as it was seen, while it goes on changing in ways that do not matter. */

/** What is changed, and what of it matters. */
export interface SeenChange<Reply> {
  /** The ETag of what was seen. */
  readonly etag: string
  change(etag: string): Promise<Reply>
  /** Whether a change was refused because it is not as it was seen. */
  isStale(error: unknown): boolean
  /** Looks again: its ETag now; undefined when what matters is not as it was seen. */
  look(): Promise<string | undefined>
}

/** How often, at most: something that changes faster than it is answered is not waited for. */
const ATTEMPTS = 5

/** Changes it. @throws whatever the change throws, also that it is not as it was seen */
export async function changeAsSeen<Reply>(seen: SeenChange<Reply>): Promise<Reply> {
  let { etag } = seen
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await seen.change(etag)
    } catch (error) {
      if (attempt === ATTEMPTS || !seen.isStale(error)) throw error
      const now = await seen.look()
      if (now === undefined) throw error
      etag = now
    }
  }
}
