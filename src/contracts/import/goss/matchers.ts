/** The matchers of goss, as far as a pattern or an expression can say the same. */
import { patternOf, plain } from '../draft/words.ts'
import type { Item } from '../source/item.ts'

/** Patterns that a text must match, each for itself. */
export function patternsOf(item: Item | undefined): readonly string[] {
  if (item?.isMap === true) {
    item.lose('of matchers only texts and /patterns/ are read')
    return []
  }
  return (item?.elements() ?? []).flatMap((element) => {
    const text = element.text()
    if (text === undefined) {
      element.lose('of matchers only texts and /patterns/ are read')
      return []
    }
    if (text.startsWith('!')) {
      element.lose('that something does not stand there cannot be asked with a pattern')
      return []
    }
    const [, pattern] = /^\/(.*)\/$/s.exec(text) ?? []
    return [pattern === undefined ? patternOf(plainStart(text)) : plain(`(?m)${pattern}`)]
  })
}

/** Expressions over a text of the evidence; it is not there when nothing was put out. */
export function conditionsOn(evidence: string, item: Item | undefined): readonly string[] {
  const patterns = item?.isMap === true ? refuse(item) : (item?.elements() ?? [])
  const has = `has(${evidence})`
  return patterns.flatMap((element): readonly string[] => {
    const text = element.text()
    if (text === undefined) return refuse(element)
    const isNot = text.startsWith('!')
    const [, pattern] = /^!?\/(.*)\/$/s.exec(text) ?? []
    const call =
      pattern === undefined
        ? `${evidence}.contains(${JSON.stringify(plainStart(text.replace(/^!/, '')))})`
        : `${evidence}.matches(${JSON.stringify(`(?m)${pattern}`)})`
    return [isNot ? `!(${has} && ${call})` : `${has} && ${call}`]
  })
}

/** A leading `\!` or `\/` stands for the character itself. */
function plainStart(text: string): string {
  return text.replace(/^\\([!/])/, '$1')
}

function refuse(item: Item): readonly never[] {
  item.lose('of matchers only texts and /patterns/ are read')
  return []
}
