/** What-ifs and estimates as they are typed, with the nearest word for a stage that is not there. */
import { nearestWord } from '../contracts/document/nearest-word.ts'
import { Fault } from '../core/fault/fault.ts'
import { type Change, namesIn, parseChange, parseEdge } from '../core/forecast/change.ts'
import type { Estimate } from '../core/forecast/samples.ts'
import type { Plan } from '../core/plan/plan.ts'
import { parseDurationMs } from '../core/units/duration.ts'

/** The options that change what is forecast. */
export interface ForecastWords {
  readonly what?: readonly string[]
  readonly without?: readonly string[]
  readonly cores?: string
  readonly estimate?: readonly string[]
}

/**
 * The changes that the options ask for: edges first, then times, then cores.
 *
 * @throws forecast-malformed, unit-malformed
 */
export function changesOf(words: ForecastWords, plan: Plan): readonly Change[] {
  const without = (words.without ?? []).map(
    (edge): Change => ({ is: 'without', ...parseEdge(edge) }),
  )
  const cores = words.cores === undefined ? [] : [parseChange(`cores ${words.cores}`)]
  const changes = [...without, ...(words.what ?? []).map(parseChange), ...cores]
  const groups = plan.groups.map(({ name }) => name)
  for (const change of changes) {
    for (const name of namesIn(change)) checkName(name, plan, 'stage' in change ? [] : groups)
  }
  return changes
}

/**
 * Estimates such as `db=2s` or `db=1s..4s`.
 *
 * @throws forecast-malformed, unit-malformed
 */
export function estimatesOf(words: ForecastWords, plan: Plan): readonly Estimate[] {
  return (words.estimate ?? []).map((text) => {
    const [, stage = '', least = '', most = least] =
      /^([^=]+)=([^.]+?)(?:\.\.(.+))?$/.exec(text.trim()) ?? []
    if (stage === '') throw malformed(text, 'an estimate is written db=2s, or db=1s..4s')
    checkName(stage, plan, [])
    const [leastMs, mostMs] = [parseDurationMs(least), parseDurationMs(most)]
    if (leastMs > mostMs) throw malformed(text, 'the shorter duration comes first')
    return { stage, leastMs, mostMs }
  })
}

function checkName(name: string, plan: Plan, groups: readonly string[]): void {
  const names = [...plan.stages.map((stage) => stage.name), ...groups]
  if (names.includes(name)) return
  const nearest = nearestWord(name, names)
  const meant =
    nearest === undefined ? `there are: ${names.join(', ')}` : `did you mean ${nearest}?`
  throw malformed(name, `${plan.contract.name} has no stage of that name; ${meant}`)
}

function malformed(text: string, why: string): Fault {
  const hint = `"${text}": ${why}${why.endsWith('?') ? '' : '.'}`
  return new Fault({ code: 'forecast-malformed', operation: 'read options', subject: text, hint })
}
