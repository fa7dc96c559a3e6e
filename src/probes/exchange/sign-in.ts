/** The header that signs in with the user and the password of a URL. */
import type { InputReader } from '../input/input-reader.ts'

/** The header of HTTP's basic authentication; none when the URL names no user. */
export function signInHeaders(url: URL, reader: InputReader): Readonly<Record<string, string>> {
  if (url.username === '') return {}
  try {
    const user = decodeURIComponent(url.username)
    const password = decodeURIComponent(url.password)
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
  } catch {
    reader.refuse('`url` has a user or password that is not percent-encoded.')
    return {}
  }
}
