/**
 * A part of somebody's file that is ours, between two lines that say so. Pure, on bytes: every byte
 * outside of it stays as it is, and taking the block away gives the file as it was before.
 */
import { Fault } from '../../../core/fault/fault.ts'

/** Which block of which file. */
export interface BlockPlace {
  /** For the message when something is wrong. */
  readonly path: string
  /** Several blocks may be in one file. @default ports */
  readonly name?: string
}

interface Block {
  readonly begin: number
  readonly end: number
  /** `joined`: the text before had no line end; `created`: there was no file. */
  readonly origin: 'joined' | 'created' | ''
}

const NAME = /^[a-z0-9][a-z0-9-]*$/
const ANY_MARKER = /^# (>>>|<<<) rampart ([a-z0-9-]+) \1(?: [^\r]*)?\r?$/
const EXPLAINED = 'written by Rampart, changes in here are lost'

/**
 * The file with these lines in its block, or without the block when there are none; undefined when
 * nothing is left of a file that was made for the block.
 *
 * @throws export-refused when the block's markers are broken, or the file is not text
 */
export function replaceBlock(
  before: Buffer | undefined,
  lines: string | undefined,
  place: BlockPlace,
): Buffer | undefined {
  const { path, name = 'ports' } = place
  if (!NAME.test(name)) throw broken(path, `${JSON.stringify(name)} is not a block's name`)
  // Each byte as one character, so that nothing of other encodings is lost.
  const text = before?.toString('latin1') ?? ''
  if (text.includes('\0')) throw broken(path, 'it is not a text file')
  const found = findBlock(text, path, name)
  if (lines === undefined) return found === undefined ? before : withoutBlock(text, found)
  const origin = found?.origin ?? originOf(before, text)
  const block = Buffer.from(printBlock(lines, name, origin)).toString('latin1')
  const start = found === undefined ? text + (origin === 'joined' ? '\n' : '') : ''
  const whole = found === undefined ? start + block : splice(text, found, block)
  return Buffer.from(whole, 'latin1')
}

function originOf(before: Buffer | undefined, text: string): Block['origin'] {
  if (before === undefined) return 'created'
  return text === '' || text.endsWith('\n') ? '' : 'joined'
}

function printBlock(lines: string, name: string, origin: Block['origin']): string {
  const note = origin === '' ? EXPLAINED : `${EXPLAINED} (${origin})`
  return `# >>> rampart ${name} >>> ${note}\n${lines}# <<< rampart ${name} <<<\n`
}

function splice(text: string, { begin, end }: Block, block: string): string {
  return text.slice(0, begin) + block + text.slice(end)
}

function withoutBlock(text: string, block: Block): Buffer | undefined {
  const rest = splice(text, block, '')
  if (rest === '' && block.origin === 'created') return undefined
  const isLast = block.end === text.length
  // Where somebody has written something behind it, the line end is needed by both.
  const isOurs = block.origin === 'joined' && isLast && rest.endsWith('\n')
  return Buffer.from(isOurs ? rest.slice(0, -1) : rest, 'latin1')
}

function findBlock(text: string, path: string, name: string): Block | undefined {
  let begun: { readonly begin: number; readonly line: number; readonly note: string } | undefined
  let found: Block | undefined
  let offset = 0
  for (const [index, line] of text.split('\n').entries()) {
    const start = offset
    offset += line.length + 1
    const marker = ANY_MARKER.exec(line)
    if (marker === null) continue
    const at = `${path}:${index + 1}`
    const isOurs = marker[2] === name
    if (begun !== undefined && !(isOurs && marker[1] === '<<<'))
      throw broken(at, `the block of line ${begun.line} has no end before this line`)
    if (!isOurs) continue
    if (marker[1] === '>>>') {
      if (found !== undefined) throw broken(at, 'this is the second block of that name')
      begun = { begin: start, line: index + 1, note: line }
    } else {
      if (begun === undefined) throw broken(at, 'a block ends here that does not begin')
      const origin = /\((joined|created)\)\r?$/.exec(begun.note)?.[1] as Block['origin'] | undefined
      found = { begin: begun.begin, end: Math.min(offset, text.length), origin: origin ?? '' }
      begun = undefined
    }
  }
  if (begun !== undefined)
    throw broken(`${path}:${begun.line}`, 'the block that begins here has no end')
  return found
}

function broken(subject: string, what: string): Fault {
  const hint = `${what}; put the two lines with "rampart" in order, or remove both and what is between them`
  return new Fault({ code: 'export-refused', operation: 'write a block', subject, hint })
}
