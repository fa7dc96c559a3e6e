/** Lines of haproxy.cfg as words, with its quoting, and the section that each stands in. */
import type { SourceText } from '../found/source-text.ts'

/** A word as it is meant, and where it begins. */
export interface HaproxyWord {
  readonly text: string
  readonly offset: number
}

/** One line of a section. */
export interface HaproxyLine {
  /** `frontend web`; empty before the first section. */
  readonly section: string
  readonly words: readonly HaproxyWord[]
}

const SECTIONS =
  /^(global|defaults|frontend|backend|listen|peers|resolvers|mailers|userlist|program|http-errors|ring|log-forward|log-profile|cache|fcgi-app|crt-store|traces|acme)$/

/** Every line that says something. */
export function splitHaproxy(source: SourceText): readonly HaproxyLine[] {
  let section = ''
  return source.lines().flatMap(({ text, offset }) => {
    const words = wordsOf(text, offset)
    const [first, second] = words
    if (first === undefined) return []
    if (!SECTIONS.test(first.text)) return [{ section, words }]
    section = second === undefined ? first.text : `${first.text} ${second.text}`
    return []
  })
}

function wordsOf(line: string, offset: number): readonly HaproxyWord[] {
  const words: HaproxyWord[] = []
  let word: string | undefined
  let [start, quote] = [0, '']
  const finish = (): void => {
    if (word !== undefined) words.push({ text: word, offset: offset + start })
    word = undefined
  }
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at] ?? ''
    if (quote === '' && /\s/.test(character)) {
      finish()
      continue
    }
    if (quote === '' && character === '#') break
    if (word === undefined) [word, start] = ['', at]
    if (character === quote) quote = ''
    else if (quote === '' && /["']/.test(character)) quote = character
    else if (character === '\\' && quote !== "'") {
      at += 1
      word += line[at] ?? ''
    } else word += character
  }
  finish()
  return words
}
