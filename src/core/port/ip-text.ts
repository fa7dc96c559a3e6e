/** Literal addresses as texts: written in one way only, and in brackets where a port may follow. */

const V4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/

/** An address in the one way in which the kernel prints it; undefined when it is none. @source RFC 5952 */
export function canonicalAddress(text: string): string | undefined {
  if (V4.test(text)) return /^0\d|\.0\d/.test(text) ? undefined : text
  const groups = groupsOf(text)
  return groups === undefined ? undefined : printGroups(groups)
}

/**
 * A host between two pieces of a text: of IPv6 in brackets, where a URL or `host:port` wants it so. Any
 * other text, or one that stands alone, is left as it is.
 */
export function hostBetween(before: string, host: string, after: string): string {
  const isBeforePort = before.endsWith('//') || after.startsWith(':')
  return isBeforePort && groupsOf(host) !== undefined ? `[${host}]` : host
}

/** `127.0.0.1:80`, `[::1]:80`, `localhost:80`. */
export function printHostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The eight numbers of an address of IPv6, which may leave out one row of zeros. */
function groupsOf(text: string): readonly number[] | undefined {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const [front, back] = [numbersOf(head), numbersOf(tail ?? '')]
  if (front === undefined || back === undefined) return undefined
  const missing = 8 - front.length - back.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  return [...front, ...new Array<number>(missing).fill(0), ...back]
}

function numbersOf(text: string): readonly number[] | undefined {
  if (text === '') return []
  const words = text.split(':')
  return words.every((word) => /^[0-9a-fA-F]{1,4}$/.test(word))
    ? words.map((word) => Number.parseInt(word, 16))
    : undefined
}

/** The first of the longest rows of zeros is left out; a single one is not. */
function printGroups(groups: readonly number[]): string {
  const texts = groups.map((group) => group.toString(16))
  let [from, length] = [0, 1]
  for (let at = 0; at < groups.length; at += 1) {
    let end = at
    while (groups[end] === 0) end += 1
    if (end - at > length) [from, length] = [at, end - at]
  }
  if (length === 1) return texts.join(':')
  return `${texts.slice(0, from).join(':')}::${texts.slice(from + length).join(':')}`
}
