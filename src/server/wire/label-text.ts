/** Labels as they are typed: `team=payments, tier=1`. Pure; what was printed reads as what it was. */

/** What was typed, read: the labels, or what was expected instead. */
export type LabelReading =
  | { readonly labels: Readonly<Record<string, string>> }
  | { readonly complaint: string }

const EXAMPLE = 'expected name=value, for example team=payments'

/** What a contract may carry; of any other name there is none. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/

/** As long as a scope may name. */
const VALUE_MAX = 200

/** One label and the comma behind it; a value in quotes may have commas and blanks at its ends. */
const PIECE = /\s*(?:([^=,"]*)=\s*("(?:[^"\\]|\\.)*"|[^,"]*)|([^,]*))\s*(,|$)/y

/** Reads labels apart by commas; of nothing typed, none. */
export function readLabels(text: string): LabelReading {
  if (text.trim() === '') return { labels: {} }
  const labels = new Map<string, string>()
  PIECE.lastIndex = 0
  for (;;) {
    const at = PIECE.lastIndex
    const piece = PIECE.exec(text)
    if (piece === null) return wrong(text.slice(at).trim())
    const [whole, name, written, other] = piece
    if (name === undefined || written === undefined) return wrong((other ?? whole).trim())
    const called = name.trim()
    const complaint = labels.has(called)
      ? `${called} is there twice: a contract has one value of it.`
      : complaintOf(called, written.trim())
    if (complaint !== undefined) return { complaint }
    labels.set(called, unquote(written.trim()) ?? '')
    if (piece[4] === '') return { labels: Object.fromEntries(labels) }
  }
}

/** Labels as they would be typed, each by itself. */
export function printLabels(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).map(([name, value]) => `${name}=${printValue(value)}`)
}

function printValue(value: string): string {
  return value === '' || value !== value.trim() || /[,"]/.test(value)
    ? JSON.stringify(value)
    : value
}

function complaintOf(name: string, written: string): string | undefined {
  if (!NAME.test(name)) {
    return `“${name}” names no label: expected letters, digits and inner . _ / -, at most 63, before the =.`
  }
  if (written === '') {
    return `${name} has no value: expected ${name}=payments, for example, or ${name}="" for an empty one.`
  }
  const value = unquote(written)
  if (value === undefined) return wrong(`${name}=${written}`).complaint
  if (value.length > VALUE_MAX) {
    return `The value of ${name} is too long: expected at most ${VALUE_MAX} characters.`
  }
  return undefined
}

/** Undefined where what stands in quotes cannot be read. */
function unquote(written: string): string | undefined {
  if (!written.startsWith('"')) return written
  try {
    return String(JSON.parse(written))
  } catch {
    return undefined
  }
}

function wrong(piece: string): { readonly complaint: string } {
  const what = piece === '' ? 'Something is missing at a comma' : `“${piece}” is no label`
  return { complaint: `${what}: ${EXAMPLE}.` }
}
