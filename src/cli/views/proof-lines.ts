/** A proof for people: what each condition and each edge was seen to tell of, and what nothing told. */
import { describeDuration } from '../../core/units/duration.ts'
import type { Proof, ProvedCondition, ProvedEdge, Sighting } from '../../prove/proof.ts'
import { tableLines } from './columns.ts'
import { MARKS, type Paint } from './paint.ts'

/** One line as soon as something was tried. */
export function sightingLine(sighting: Sighting, paint: Paint): string {
  const { fault, mustNotice, noticed, recoveredMs, stillBroken, untried } = sighting
  if (untried !== undefined) {
    return `  ${paint.mood('bad', MARKS.bad)} ${fault}: not tried, since ${untried}`
  }
  const missed = mustNotice.filter(
    (one) => !noticed.some((it) => it.stage === one.stage && it.condition === one.condition),
  )
  const isGood = noticed.length > 0 && missed.length === 0 && stillBroken.length === 0
  const mood = isGood ? 'good' : 'bad'
  const first = Math.min(...noticed.map(({ afterMs }) => afterMs))
  const told =
    noticed.length === 0
      ? 'nothing told of it'
      : `${countOf(noticed.length, 'condition')} told of it, the first after ${describeDuration(first)}`
  const not = missed.map(({ stage, condition }) => `${stage}: ${condition}`)
  const but = not.length === 0 || noticed.length === 0 ? '' : `, but not ${not.join(', ')}`
  const back =
    recoveredMs === undefined ? '' : `; well again after ${describeDuration(recoveredMs)}`
  const left = stillBroken.length === 0 ? '' : `; never well again: ${stillBroken[0]}`
  return `  ${paint.mood(mood, MARKS[mood])} ${fault}: ${told}${but}${back}${left}`
}

/** The whole proof. */
export function proofLines(name: string, proof: Proof, paint: Paint): readonly string[] {
  const { conditions, edges, sightings } = proof
  const unproved = [
    ...conditions.filter((one) => !one.isProved).map(complainOfCondition),
    ...edges.filter((one) => !one.isProved).map(complainOfEdge),
  ]
  const total = conditions.length + edges.length
  const ill = sightings.filter(({ stillBroken }) => stillBroken.length > 0).map(complainOfIll)
  const title = paint.bold(
    unproved.length > 0
      ? `${name}: ${unproved.length} of its ${total} promises are not proved`
      : `${name}: each of its ${total} promises was made false, and something told`,
  )
  return [
    title,
    ...(proof.verdict === 'proved' ? provedLines(proof, paint) : []),
    ...[...unproved, ...ill].map((line) => `  ${paint.mood('bad', MARKS.bad)} ${line}`),
  ]
}

function provedLines({ conditions, edges }: Proof, paint: Paint): readonly string[] {
  const rows = [
    ...conditions.map((one) => [`${one.stage}: ${one.condition}`, firstOf(one)]),
    ...edges.map((edge) => [`${edge.from} stands on ${edge.to}`, toldBy(edge)]),
  ]
  return tableLines(rows).map((line) => `  ${paint.mood('good', MARKS.good)} ${line}`)
}

function firstOf({ by }: ProvedCondition): string {
  const first = by.toSorted((a, b) => a.afterMs - b.afterMs)[0]
  return first === undefined ? '' : `${first.fault}: told after ${describeDuration(first.afterMs)}`
}

function toldBy({ by }: ProvedEdge): string {
  return by === undefined ? '' : `${by.condition} told after ${describeDuration(by.afterMs)}`
}

function complainOfCondition({ stage, condition, missed, untried }: ProvedCondition): string {
  const [first] = missed
  const [left] = untried
  if (first === undefined) {
    return left === undefined
      ? `${stage}: ${condition} was never made false, so nothing is known of it`
      : `${stage}: ${condition} was not shown that ${left.fault}: ${left.why}`
  }
  const more = missed.length > 1 ? ` (and ${missed.length - 1} more)` : ''
  return `${stage}: ${condition} goes on passing while ${first}${more}`
}

function complainOfEdge({ from, to, isTried }: ProvedEdge): string {
  return isTried
    ? `${from} says ready while its ${to} is dead`
    : `${from} stands on ${to}, which was not made to hang, so nothing is known of that`
}

function complainOfIll({ fault, stillBroken }: Sighting): string {
  const more = stillBroken.length > 1 ? ` (and ${stillBroken.length - 1} more)` : ''
  return `after it was over that ${fault}, this never came back: ${stillBroken[0]}${more}`
}

function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}
