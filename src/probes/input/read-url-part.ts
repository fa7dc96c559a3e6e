/** Reading what stands percent-encoded in a URL. */
import type { InputReader } from './input-reader.ts'

/** The part as it is meant. It is not shown when it cannot be read, since it may be a password. */
export function readUrlPart(reader: InputReader, text: string, member = 'url'): string {
  try {
    return decodeURIComponent(text)
  } catch {
    reader.refuse(`\`${member}\` has a part that is not percent-encoded.`)
    return ''
  }
}
