/** What several regions saw, judged together. Pure. */
import type { Answer } from '../../core/plan/verdict.ts'
import { type Json, type JsonObject, printCanonicalJson } from '../../core/units/json.ts'
import { type Findings, inconclusive, notYet, passed, printLatency } from '../answer/answer.ts'
import type { AgreeInput } from './agree-input.ts'

/** What one region saw: the value, or why there is none. */
export interface Observation {
  readonly region: string
  /** When it was seen, by one clock for all. @unit ms */
  readonly atMs: number
  readonly value?: Json
  readonly why?: string
}

type Seen = Observation & { readonly value: Json }

/**
 * Judges observations. All outlooks are `notYet`: regions that do not agree may come to agree.
 *
 * | found                                             | verdict      | reason              |
 * | ------------------------------------------------- | ------------ | ------------------- |
 * | fewer than two regions were asked                 | inconclusive | nothing-to-compare  |
 * | too few regions could be observed                 | failed       | not-observed        |
 * | observations lie further apart than `withinMs`    | inconclusive | too-far-apart       |
 * | `spread` or `holds` of something that has no such | inconclusive | not-comparable      |
 * | too few regions say the same                      | failed       | differs             |
 * | numbers spread too widely                         | failed       | spread-too-wide     |
 * | it is true in too few regions                     | failed       | does-not-hold       |
 * | else                                              | passed       | agrees              |
 */
export function assessAgreement(
  input: AgreeInput,
  observations: readonly Observation[],
  latencyMs: number,
): Answer {
  const seen = observations.filter((one): one is Seen => one.value !== undefined)
  const quorum = input.quorum ?? observations.length
  const instants = seen.map(({ atMs }) => atMs)
  const apartMs = seen.length === 0 ? 0 : Math.max(...instants) - Math.min(...instants)
  const evidence: JsonObject = {
    regions: Object.fromEntries(seen.map(({ region, value }) => [region, value])),
    unseen: Object.fromEntries(
      observations.flatMap(({ region, why }) => (why === undefined ? [] : [[region, why]])),
    ),
    quorum,
    apartMs: Math.round(apartMs * 100) / 100,
    latencyMs,
  }
  if (observations.length < 2) {
    const sentence = `${observations.length} region was asked, which is nothing to compare.`
    return inconclusive({ reason: 'nothing-to-compare', sentence, evidence })
  }
  if (seen.length < quorum) return notYet({ ...unseen(observations, quorum), evidence })
  if (apartMs > input.withinMs) {
    const apart = `${printLatency(apartMs)} apart, more than ${input.withinMs} ms`
    const sentence = `What the regions saw lies ${apart}, so it cannot be compared.`
    return inconclusive({ reason: 'too-far-apart', sentence, evidence })
  }
  const judged = JUDGES[input.compare](input, seen, quorum)
  return judged.verdict({ ...judged.said, evidence })
}

type Said = Pick<Findings, 'reason' | 'sentence'>

interface Judged {
  readonly verdict: (findings: Findings) => Answer
  readonly said: Said
}

type Judge = (input: AgreeInput, seen: readonly Seen[], quorum: number) => Judged

const JUDGES: Readonly<Record<AgreeInput['compare'], Judge>> = {
  same: judgeSame,
  spread: judgeSpread,
  holds: judgeHolds,
}

function unseen(observations: readonly Observation[], quorum: number): Said {
  const missing = observations.filter(({ value }) => value === undefined)
  const said = missing.map(({ region, why }) => `${region}: ${why ?? ''}`).join(' ')
  const count = observations.length - missing.length
  const sentence = `${count} of ${observations.length} regions can tell, ${quorum} must. ${said}`
  return { reason: 'not-observed', sentence }
}

function judgeSame(input: AgreeInput, seen: readonly Seen[], quorum: number): Judged {
  const groups = new Map<string, Seen[]>()
  for (const one of seen) {
    const key = printCanonicalJson(one.value)
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  const largest = [...groups.values()].sort((a, b) => b.length - a.length)[0] ?? []
  const told = [...groups].map(([key, group]) => `${namesOf(group)} ${says(group)} ${short(key)}`)
  if (largest.length >= quorum) {
    const others = groups.size > 1 ? ` (${told.join(', ')})` : ` say ${short(keyOf(largest))}`
    const sentence = `${namesOf(largest)}${others} for \`${input.value}\`.`
    return { verdict: passed, said: { reason: 'agrees', sentence } }
  }
  const sentence = `Regions differ in \`${input.value}\`: ${told.join(', ')}.`
  return { verdict: notYet, said: { reason: 'differs', sentence } }
}

function judgeSpread(input: AgreeInput, seen: readonly Seen[], quorum: number): Judged {
  const odd = seen.find(({ value }) => typeof value !== 'number')
  if (odd !== undefined) return notComparable(input, odd, 'a number')
  const sorted = seen.toSorted((a, b) => Number(a.value) - Number(b.value))
  // One that lies apart must not count for more than one that cannot be seen at all.
  const closest = sorted
    .slice(quorum - 1)
    .map((_, place) => sorted.slice(place, place + quorum))
    .reduce((one, other) => (spreadOf(other) < spreadOf(one) ? other : one))
  const group = spreadOf(sorted) <= input.most ? sorted : closest
  const spread = spreadOf(group)
  const [least, greatest] = [group[0], group.at(-1)]
  const between = `from ${least?.value} (${least?.region}) to ${greatest?.value} (${greatest?.region})`
  const count = group.length === seen.length ? '' : ` in ${group.length} of ${seen.length} regions`
  const sentence = `\`${input.value}\` is ${between}${count}, ${spread} apart; at most ${input.most}.`
  return spread <= input.most
    ? { verdict: passed, said: { reason: 'agrees', sentence } }
    : { verdict: notYet, said: { reason: 'spread-too-wide', sentence } }
}

function spreadOf(sorted: readonly Seen[]): number {
  return Number(sorted.at(-1)?.value) - Number(sorted[0]?.value)
}

function judgeHolds(input: AgreeInput, seen: readonly Seen[], quorum: number): Judged {
  const odd = seen.find(({ value }) => typeof value !== 'boolean')
  if (odd !== undefined) return notComparable(input, odd, 'true or false')
  const holding = seen.filter(({ value }) => value === true)
  const lacking = seen.filter(({ value }) => value !== true)
  const where = lacking.length === 0 ? '' : `, not in ${namesOf(lacking)}`
  const count = `${holding.length} of ${seen.length} regions${where}; ${quorum} must`
  const sentence = `\`${input.value}\` holds in ${count}.`
  return holding.length >= quorum
    ? { verdict: passed, said: { reason: 'agrees', sentence } }
    : { verdict: notYet, said: { reason: 'does-not-hold', sentence } }
}

function notComparable(input: AgreeInput, odd: Seen, expected: string): Judged {
  const found = short(printCanonicalJson(odd.value))
  const sentence = `\`${input.value}\` is ${found} in ${odd.region}, which is not ${expected}.`
  return { verdict: inconclusive, said: { reason: 'not-comparable', sentence } }
}

function namesOf(seen: readonly Seen[]): string {
  const names = seen.map(({ region }) => region)
  return names.length < 2
    ? (names[0] ?? '')
    : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function says(group: readonly Seen[]): string {
  return group.length === 1 ? 'says' : 'say'
}

function keyOf(group: readonly Seen[]): string {
  return printCanonicalJson(group[0]?.value ?? null)
}

function short(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80).toWellFormed()}…`
}
