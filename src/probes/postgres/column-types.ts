/** How values of PostgreSQL become evidence: exact, and never something JSON cannot carry. */
import type { Json } from '../../core/units/json.ts'
import { parseDocument } from '../document/parse-document.ts'

const PARSERS: Readonly<Record<number, (text: string) => Json>> = {
  16: (text) => text === 't',
  20: whole,
  21: whole,
  23: whole,
  26: whole,
  700: finite,
  701: finite,
  114: document,
  3802: document,
}

/** What the driver asks for the parser of a column. Numerics, dates and all others stay texts. */
export const columnTypes: { getTypeParser(oid: number): (text: string) => Json } = {
  getTypeParser: (oid) => PARSERS[oid] ?? ((text) => text),
}

function whole(text: string): Json {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}

function finite(text: string): Json {
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}

function document(text: string): Json {
  const parsed = parseDocument(text)
  return parsed.parsed ? parsed.json : text
}
