/** Columns: cutting and padding text to a width. Counts UTF-16 units; names in contracts are ASCII. */

/** The text, padded with spaces to at least that width. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - text.length))
}

/** A number with its noun, in the plural unless it is one. */
export function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}

/** The text on one line, cut with an ellipsis when it is wider. */
export function fit(text: string, width: number): string {
  const line = text.replaceAll(/\s+/g, ' ')
  if (line.length <= width) return text.includes('\n') ? line : text
  return width <= 1 ? line.slice(0, width) : `${line.slice(0, width - 1)}…`
}

/** Rows as a table: every column as wide as its widest cell, two spaces between. */
export function tableLines(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : padTo(cell, widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
