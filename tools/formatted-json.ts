/** JSON laid out as the formatter of the repository would, so that generated files need no exception. */
import type { Json } from '../src/core/units/json.ts'

const WIDTH = 100

/** Prints JSON: objects over several lines, lists of plain values on one line where they fit. */
export function printFormattedJson(value: Json): string {
  return `${print(value, '', 0)}\n`
}

/** `taken` is what stands before and after the value on its first line. */
function print(value: Json, indent: string, taken: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    const items = value as readonly Json[]
    const isPlain = items.every((item) => typeof item !== 'object' || item === null)
    const line = `[${items.map((item) => JSON.stringify(item)).join(', ')}]`
    if (items.length === 0 || (isPlain && taken + line.length <= WIDTH)) return line
    const lines = items.map((item) => `${inner}${print(item, inner, inner.length + 1)}`)
    return `[\n${lines.join(',\n')}\n${indent}]`
  }
  const members = Object.entries(value)
  if (members.length === 0) return '{}'
  const lines = members.map(([key, member], place) => {
    const name = `${inner}${JSON.stringify(key)}: `
    const comma = place === members.length - 1 ? 0 : 1
    return `${name}${print(member, inner, name.length + comma)}`
  })
  return `{\n${lines.join(',\n')}\n${indent}}`
}
