/** The text of a file that can say on which line and in which column something stands. */
import type { Place } from './found-port.ts'

/** One file's text. */
export class SourceText {
  /** Relative to the folder that is scanned, with slashes. */
  readonly path: string
  readonly text: string
  #lineStarts: readonly number[] | undefined

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
  }

  /** Where an offset is. */
  at(offset: number): Place {
    const starts = this.#starts()
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { file: this.path, line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }

  /** Its lines with the offset of each, without their ends. */
  lines(): readonly { readonly text: string; readonly offset: number }[] {
    const starts = this.#starts()
    return starts.map((offset, index) => {
      const end = starts[index + 1] ?? this.text.length + 1
      return { text: this.text.slice(offset, end - 1).replace(/\r$/, ''), offset }
    })
  }

  #starts(): readonly number[] {
    this.#lineStarts ??= lineStartsOf(this.text)
    return this.#lineStarts
  }

  /** One line, without its end. */
  line(number: number): string {
    const starts = this.#starts()
    return this.text.slice(starts[number - 1] ?? 0, (starts[number] ?? this.text.length + 1) - 1)
  }
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
