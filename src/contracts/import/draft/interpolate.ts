/**
 * Variables of the calling shell, as compose and process-compose fill them in when they read a file.
 * In a contract they are settings, so that what is missing is said before anything starts.
 */
import { printTemplate } from '../../expression/template.ts'
import type { Item } from '../source/item.ts'
import type { Draft } from './draft.ts'

const VARIABLE = /\$(?:\$|\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\}|([A-Za-z_]\w*))/g

/** What to do with variables in a text. */
export interface Interpolation {
  readonly draft: Draft
  /** Where the text stands, for what cannot be kept. */
  readonly item: Item
  /** What a variable comes to that is not set and has no default; absent: it must be set. */
  readonly unset?: string
}

/** A text with `$NAME` and `${NAME:-default}` in it as a text of a contract; `$$` is a plain `$`. */
export function interpolate(text: string, options: Interpolation): string {
  const parts: (string | { readonly expression: string; readonly offset: number })[] = []
  let from = 0
  let plainText = ''
  for (const match of text.matchAll(VARIABLE)) {
    plainText += text.slice(from, match.index)
    from = match.index + match[0].length
    const [whole, braced, operator = '', word = '', bare] = match
    const name = braced ?? bare
    if (name === undefined) {
      plainText += '$'
      continue
    }
    if (operator.endsWith('+')) {
      options.item.note(`${whole} cannot be said with a setting; nothing is put in`)
      continue
    }
    const fallback = operator.endsWith('-') ? word : undefined
    const unset = operator.endsWith('?') ? undefined : options.unset
    options.draft.addSetting(name, fallback ?? unset)
    if (plainText !== '') parts.push(plainText)
    plainText = ''
    parts.push({ expression: `settings.${name}`, offset: 0 })
  }
  parts.push(plainText + text.slice(from))
  return printTemplate(parts)
}
