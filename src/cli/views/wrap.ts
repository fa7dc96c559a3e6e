/** Breaking sentences into lines. */

/** A sentence as lines of at most that width; a word that is wider has a line of its own. */
export function wrapped(sentence: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of sentence.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
