/** The input of the `agree` probe: how observations of several regions are held against each other. */
import type { InputReader } from '../input/input-reader.ts'

/** What is compared, and how. */
export interface AgreeInput {
  readonly compare: Comparison
  /** A CEL expression over `evidence`. */
  readonly value: string
  /** How many regions are enough; undefined: all. */
  readonly quorum: number | undefined
  /** How far apart in time the observations may lie. @unit ms */
  readonly withinMs: number
  /** The widest spread; only for `spread`. */
  readonly most: number
}

/** `same` value, numbers of a bounded `spread`, or a truth that `holds`. */
export type Comparison = 'same' | 'spread' | 'holds'

const COMPARISONS: readonly string[] = ['same', 'spread', 'holds'] satisfies Comparison[]

/** Reads the input; what is wrong with it is kept by the reader. */
export function readAgreeInput(reader: InputReader): AgreeInput {
  const compare = reader.text('compare')
  if (!COMPARISONS.includes(compare)) reader.refuse(`\`compare\` must be one of ${COMPARISONS}.`)
  const most = reader.json('most')
  return {
    compare: compare as Comparison,
    value: reader.text('value'),
    quorum: reader.json('quorum') === 'all' ? undefined : reader.whole('quorum', undefined),
    withinMs: reader.whole('withinMs', undefined),
    most: typeof most === 'number' ? most : 0,
  }
}
