/** Flags of commands and their values. */

/** The value of the last of these flags: `--port 1`, `--port=1`, `-p1`. */
export function flagValue(words: readonly string[], flags: readonly string[]): string | undefined {
  let value: string | undefined
  for (const [index, word] of words.entries()) {
    for (const flag of flags) {
      if (word === flag) value = words[index + 1] ?? ''
      else if (word.startsWith(`${flag}=`)) value = word.slice(flag.length + 1)
      else if (/^-\w$/.test(flag) && word.startsWith(flag) && /^\d+$/.test(word.slice(2)))
        value = word.slice(2)
    }
  }
  return value
}

/** The words, cut to what fits beside a place. */
export function shortened(words: readonly string[]): string {
  const text = words.join(' ').replaceAll(/\s+/g, ' ')
  return text.length <= 48 ? text : `${text.slice(0, 47)}…`
}
