/**
 * `rampart simulate`: how long a ramp will take, what its time depends on, what a change would make of
 * it, and which changes would shorten it most. Runs nothing.
 */
import { simulateRamp } from '../../core/forecast/simulation.ts'
import { trendOf, wholeRamps } from '../../core/forecast/trend.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import { forecastSubject } from '../forecast-subject.ts'
import { changesOf, estimatesOf, type ForecastWords } from '../forecast-words.ts'
import type { ContractOption, JsonOption, WorkspaceOption } from '../options.ts'
import { type PictureOptions, writePictures } from '../picture-file.ts'
import { paintFor } from '../views/paint.ts'
import { simulationJson } from '../views/simulation-json.ts'
import { simulationLines } from '../views/simulation-lines.ts'
import { simulationPicture } from '../views/simulation-picture.ts'
import { sayIssues } from './check.ts'

/** What `simulate` may be told. */
export type SimulateOptions = JsonOption &
  ContractOption &
  WorkspaceOption &
  ForecastWords &
  PictureOptions & {
    readonly goal?: string
    readonly runs?: string
    readonly seed?: string
    readonly last?: string
  }

/** How many earlier ramps are drawn from when nobody says. */
const DEFAULT_LAST = 50

/** Simulates the ramp of a contract. */
export async function runSimulate(
  parts: CliParts,
  word: string | undefined,
  options: SimulateOptions,
): Promise<number> {
  const numbers = numbersOf(options)
  if (typeof numbers === 'string') {
    return misuse(parts, numbers, 'Next: rampart simulate --help')
  }
  const { runs, seed, last } = numbers
  const subject = await forecastSubject(parts, word, { ...options, last })
  if ('issues' in subject) return sayIssues(parts, subject, options)
  const { plan, history } = subject
  const simulation = simulateRamp({
    plan,
    history,
    estimates: estimatesOf(options, plan),
    changes: changesOf(options, plan),
    runs,
    seed,
  })
  const check = wholeRamps(history).length === 0 ? undefined : trendOf(history, seed).check
  const report = { subject, simulation, ...(check === undefined ? {} : { check }) }
  if (options.svg !== undefined || options.png !== undefined) {
    writePictures(parts, options, simulationPicture(report))
  }
  if (options.json === true) {
    parts.stdout.write(`${JSON.stringify(simulationJson(report))}\n`)
    return EXIT.yes
  }
  const paint = paintFor(parts.stdout, parts.settings)
  const lines = simulationLines(report, paint, parts.stdout.columns ?? 100)
  parts.stdout.write(`${lines.join('\n')}\n`)
  return EXIT.yes
}

/** The numbers among the options, or what is wrong with one of them. */
function numbersOf(
  options: SimulateOptions,
): { readonly runs: number; readonly seed: number; readonly last: number } | string {
  const given = { runs: options.runs ?? '10000', seed: options.seed ?? '1' }
  const { runs, seed, last } = { ...given, last: options.last ?? String(DEFAULT_LAST) }
  for (const [name, text] of Object.entries({ runs, seed, last })) {
    if (!/^\d{1,9}$/.test(text)) return `--${name} takes a whole number, not ${text}`
  }
  if (Number(runs) < 1 || Number(runs) > 1_000_000) return '--runs is from 1 to 1000000'
  if (Number(last) < 1) return '--last is 1 at least'
  return { runs: Number(runs), seed: Number(seed), last: Number(last) }
}
