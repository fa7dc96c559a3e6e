/**
 * Templates as YAML that has nothing in the place of what is filled in: each action becomes as many
 * letters, so that every place stays where it is, and a line of actions alone becomes a blank one, or
 * the end of a document where an object begins behind it.
 */

const LONGEST_LINE = 300
const COMMENT = /^\{\{-?\s*\/\*/

/** A template without its actions. Never longer or shorter than it was. */
export function neutralize(text: string): string {
  const parts: string[] = []
  let at = 0
  for (let open = text.indexOf('{{'); open !== -1; open = text.indexOf('{{', at)) {
    const end = endOf(text, open)
    const action = stretch(text.slice(open, end), isAlone(text, open, end))
    parts.push(text.slice(at, open), isBeforeObject(text, open, end) ? asMark(action) : action)
    at = end
  }
  parts.push(text.slice(at))
  return parts.join('')
}

function endOf(text: string, open: number): number {
  const isComment = COMMENT.test(text.slice(open, open + 20))
  const from = isComment ? text.indexOf('*/', open) : open
  const close = from === -1 ? -1 : text.indexOf('}}', from)
  return close === -1 ? text.length : close + 2
}

/** Whether its lines hold nothing else but other actions. */
function isAlone(text: string, open: number, end: number): boolean {
  // A line without end would be looked at once for each of its actions.
  const near = text.slice(Math.max(0, open - LONGEST_LINE), open)
  const far = text.slice(end, end + LONGEST_LINE)
  const begin = near.lastIndexOf('\n')
  const stop = far.indexOf('\n')
  const isWhole =
    (begin !== -1 || open < LONGEST_LINE) && (stop !== -1 || far.length < LONGEST_LINE)
  if (!isWhole) return false
  const before = near.slice(begin + 1)
  const after = stop === -1 ? far : far.slice(0, stop)
  return `${before}${after}`.replaceAll(/\{\{.*?\}\}/g, '').trim() === ''
}

/** Whether an object begins behind it: one of several, of which a condition chooses. */
function isBeforeObject(text: string, open: number, end: number): boolean {
  const isFirst = open === 0 || text[open - 1] === '\n'
  return isFirst && /^[ \t]*\r?\n(?:[ \t]*\r?\n)*apiVersion:/.test(text.slice(end, end + 500))
}

function asMark(action: string): string {
  const from = action.lastIndexOf('\n') + 1
  const isRoomy = action.length - from >= '---'.length && action.trim() === ''
  return isRoomy ? `${action.slice(0, from)}---${action.slice(from + 3)}` : action
}

/** Letters in its place; what goes over several lines leaves them empty. */
function stretch(action: string, isAlone: boolean): string {
  const isEmpty = isAlone || action.includes('\n')
  return isEmpty ? action.replaceAll(/[^\n]/g, ' ') : 'x'.repeat(action.length)
}
