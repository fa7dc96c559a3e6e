/** The input of the `warm` probe, its templates resolved. */
import { isFault } from '../../core/fault/fault.ts'
import { parseShareBp } from '../../core/units/share.ts'
import { type Expectation, readExpectation } from '../exchange/expectation.ts'
import { InputReader } from '../input/input-reader.ts'

/** What to ask for and how much of it must be warm. */
export interface WarmInput {
  /** One a URL. */
  readonly expectations: readonly Expectation[]
  /** The share of them that must be warm. @unit bp */
  readonly leastBp: number
  /** How soon an answer must have come; 0: it does not matter. @unit ms */
  readonly withinMs: number
  /** @default 4 */
  readonly atOnce: number
}

/** Reads the input; what is wrong with it is kept by the reader. */
export function readWarmInput(reader: InputReader): WarmInput {
  const members = reader.names().map((name) => [name, reader.json(name) ?? null] as const)
  const shared = Object.fromEntries(members)
  const urls = reader.texts('urls', [])
  if (urls.length === 0) reader.refuse('`urls` must hold at least one URL.')
  const expectations = urls.map((url) => {
    const one = new InputReader({ ...shared, url })
    const expectation = readExpectation(one)
    if (one.mistake !== undefined) reader.refuse(one.mistake)
    return expectation
  })
  const withinMs = reader.whole('within', 0)
  if (withinMs === 0 && !reader.has('expectHeaders')) {
    reader.refuse('`within` or `expectHeaders` must say what is warm.')
  }
  const atOnce = reader.whole('atOnce', 4)
  if (atOnce < 1 || atOnce > 32) reader.refuse('`atOnce` must be from 1 to 32.')
  return { expectations, leastBp: readShareBp(reader, 'least'), withinMs, atOnce }
}

function readShareBp(reader: InputReader, name: string): number {
  const text = reader.text(name)
  try {
    return parseShareBp(text)
  } catch (thrown) {
    if (!isFault(thrown, 'unit-malformed')) throw thrown
    reader.refuse(`\`${name}\` must be a share such as 95%, and is ${text.slice(0, 40)}.`)
    return 0
  }
}
