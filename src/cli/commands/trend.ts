/**
 * `rampart trend`: the lead time of a contract's ramps, run over run, where it is going, and how well
 * forecasts from the ramps before each one would have done.
 */
import { Fault } from '../../core/fault/fault.ts'
import { trendOf, wholeRamps } from '../../core/forecast/trend.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import { forecastSubject } from '../forecast-subject.ts'
import type { ContractOption, JsonOption, WorkspaceOption } from '../options.ts'
import { type PictureOptions, writePictures } from '../picture-file.ts'
import { countOf } from '../views/columns.ts'
import { paintFor } from '../views/paint.ts'
import { trendJson } from '../views/trend-json.ts'
import { trendLines } from '../views/trend-lines.ts'
import { trendPicture } from '../views/trend-picture.ts'
import { sayIssues } from './check.ts'

/** What `trend` may be told. */
export type TrendOptions = JsonOption &
  ContractOption &
  WorkspaceOption &
  PictureOptions & { readonly goal?: string; readonly last?: string }

/** Forecasts of the past need no chance of their own. */
const SEED = 1

/** Shows how the lead time of a contract has gone. */
export async function runTrend(
  parts: CliParts,
  word: string | undefined,
  options: TrendOptions,
): Promise<number> {
  const last = options.last ?? '50'
  if (!/^[1-9]\d{0,5}$/.test(last)) {
    const sentence = `--last takes a number of ramps, not ${last}`
    return misuse(parts, sentence, 'Next: rampart trend --help')
  }
  const subject = await forecastSubject(parts, word, { ...options, last: Number(last) })
  if ('issues' in subject) return sayIssues(parts, subject, options)
  const { name, goal, history } = subject
  if (wholeRamps(history).length === 0) throw trendless(name, goal, history.length)
  const trend = trendOf(history, SEED)
  const report = { name, goal, trend, partial: history.length - trend.ramps.length }
  if (options.svg !== undefined || options.png !== undefined) {
    writePictures(parts, options, trendPicture(report))
  }
  if (options.json === true) {
    parts.stdout.write(`${JSON.stringify(trendJson(report))}\n`)
    return EXIT.yes
  }
  const paint = paintFor(parts.stdout, parts.settings)
  parts.stdout.write(`${trendLines(report, paint, parts.stdout.columns ?? 100).join('\n')}\n`)
  return EXIT.yes
}

function trendless(name: string, goal: string, ramps: number): Fault {
  const hint =
    ramps === 0
      ? `No ramp of ${name} has reached ${goal} here.`
      : `${countOf(ramps, 'ramp')} of ${name} reached ${goal}, but found parts running already.`
  return new Fault({ code: 'history-absent', operation: 'trend', subject: name, hint })
}
