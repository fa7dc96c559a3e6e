/**
 * How an image is named. A tag says what somebody wants it to be today; a digest says what it is.
 * So a component names its image by digest, and a tag beside a digest is only for people.
 */

/** A name that was understood. */
export interface ImageReference {
  /** What the engine is asked for: `repository@sha256:…`, `sha256:…` or, by tag alone, `repository:tag`. */
  readonly wanted: string
  /** `sha256:` and 64 hexadecimal digits; absent when it is named by tag alone. */
  readonly digest?: string
}

const DIGEST = /^sha256:[0-9a-f]{64}$/
const REPOSITORY = /^[a-z0-9][a-z0-9._-]*(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/
const TAG = /:([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/

/** Parses the name of an image; undefined when no engine would understand it. */
export function parseImageReference(text: string): ImageReference | undefined {
  if (DIGEST.test(text)) return { wanted: text, digest: text }
  const at = text.indexOf('@')
  const named = at < 0 ? text : text.slice(0, at)
  const tag = TAG.exec(named)?.[1]
  const repository = tag === undefined ? named : named.slice(0, -tag.length - 1)
  if (!REPOSITORY.test(repository)) return undefined
  if (at < 0) return { wanted: `${repository}:${tag ?? 'latest'}` }
  const digest = text.slice(at + 1)
  return DIGEST.test(digest) ? { wanted: `${repository}@${digest}`, digest } : undefined
}
