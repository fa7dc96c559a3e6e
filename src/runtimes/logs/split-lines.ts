/**
 * Cuts raw output into lines. Pure, and without memory of its own: how far it came is a value that
 * can be saved, so that another daemon goes on at exactly this byte.
 */

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

/** How far one raw file has been read. */
export interface Cursor {
  /** Everything before this byte is in the log. */
  readonly offset: number
  /** Whether the rest of a line that was cut is being left out. */
  readonly skipping: boolean
}

/** What one piece of raw output gives. */
export interface Split {
  readonly lines: readonly string[]
  readonly cursor: Cursor
}

/** How to cut. */
export interface SplitOptions {
  /** The longest line kept. @unit bytes */
  readonly lineMax: number
  /** Whether nothing will follow, so that an unfinished line is a line too. */
  readonly isEnd: boolean
}

/** Where a raw file begins. */
export const BEGINNING: Cursor = { offset: 0, skipping: false }

/**
 * Cuts `bytes`, which stand at `cursor` in the raw file. Invalid UTF-8 becomes U+FFFD; an
 * unfinished line stays unread until it is finished or too long.
 */
export function splitLines(bytes: Buffer, cursor: Cursor, options: SplitOptions): Split {
  const lines: string[] = []
  let { skipping } = cursor
  let start = 0
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    const isWhole = newline >= 0 || options.isEnd
    if (skipping) {
      start = newline < 0 ? end : end + 1
      skipping = newline < 0
    } else if (end - start > options.lineMax) {
      const cut = characterBoundary(bytes, start + options.lineMax)
      lines.push(`${print(bytes, start, cut)} … (cut: longer than ${options.lineMax} bytes)`)
      start = cut
      skipping = true
    } else if (isWhole) {
      lines.push(print(bytes, start, end))
      start = newline < 0 ? end : end + 1
    } else break
  }
  return { lines, cursor: { offset: cursor.offset + start, skipping } }
}

/** Never in the middle of a character, as far as the bytes are UTF-8 at all. */
function characterBoundary(bytes: Buffer, at: number): number {
  let boundary = at
  while (boundary > at - 4 && ((bytes[boundary] ?? 0) & 0xc0) === 0x80) boundary--
  return boundary
}

function print(bytes: Buffer, start: number, end: number): string {
  const trimmed = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end
  return bytes.toString('utf8', start, trimmed)
}
