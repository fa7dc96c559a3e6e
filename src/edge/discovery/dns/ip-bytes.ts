/** Literal addresses as the bytes that DNS carries. */
import { isIPv4, isIPv6 } from 'node:net'

/** Four bytes, sixteen, or undefined when the text is no literal address (or has a zone). */
export function printAddress(text: string): Buffer | undefined {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number))
  if (!isIPv6(text) || text.includes('%')) return undefined
  const [head = '', tail] = text.split('::')
  const before = printGroups(head)
  if (tail === undefined) return before
  const after = printGroups(tail)
  return Buffer.concat([before, Buffer.alloc(16 - before.length - after.length), after])
}

function printGroups(text: string): Buffer {
  if (text === '') return Buffer.alloc(0)
  return Buffer.concat(
    text.split(':').map((group) => {
      if (group.includes('.')) return Buffer.from(group.split('.').map(Number))
      const value = Number.parseInt(group, 16)
      return Buffer.from([value >> 8, value & 0xff])
    }),
  )
}
