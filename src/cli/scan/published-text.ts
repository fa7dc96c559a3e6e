/**
 * What is written at a claim, as it may be published: ports, and the words around them that are plain. A
 * line that starts a program may carry a password, which is nobody's business but the repository's own.
 */

const TEXT_MAX = 120

/** `8080:80`, `127.0.0.1:8025`, `53/udp`, `[::]:80`, `*`. */
const PORTS = /^[\d.:*[\]/-]+(?:\/(?:tcp|udp))?$/
/** `PORT=8080`, `--port=8080`, `port:`. */
const ASSIGNED = /^-{0,2}[A-Za-z][\w.-]*[=:][\d.:*]*$/
/** `redis://localhost:6379`, whose user and password were left out when it was read. */
const URL_TEXT = /^[a-z][a-z0-9+.-]*:\/\/[\w.-]+:\d{1,5}$/
/** `${PORT:-8080}` */
const VARIABLE = /^\$\{\w+(?::?-\d*)?\}$/
/** `vite`, `--port`, `EXPOSE`: without a digit, it is hardly a secret. */
const WORD = /^-{0,2}[A-Za-z][A-Za-z.-]*$/

/** The text with `…` for everything that is not known to be harmless. */
export function publishedText(text: string): string {
  const words: string[] = []
  let before = ''
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const shown = isHarmless(word, before) ? word : '…'
    if (shown !== '…' || words.at(-1) !== '…') words.push(shown)
    before = word
  }
  const line = words.join(' ')
  return line.length <= TEXT_MAX ? line : `${line.slice(0, TEXT_MAX - 1)}…`
}

function isHarmless(word: string, before: string): boolean {
  if ([PORTS, ASSIGNED, URL_TEXT, VARIABLE].some((shape) => shape.test(word))) return true
  // What follows an option is its value, whatever it looks like.
  return WORD.test(word) && (word.startsWith('-') || !before.startsWith('-'))
}
