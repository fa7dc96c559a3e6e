/** `rampart explain`: what a fault code means, or where a ramp or a stage stands and why. */
import { nearestWord } from '../../contracts/document/nearest-word.ts'
import { FAULT_CODES, type FaultCodeName } from '../../core/fault/codes.ts'
import { Fault, isFault } from '../../core/fault/fault.ts'
import { explainRamp, explainStage } from '../../core/ramp/explain.ts'
import type { RampartClient } from '../../server/client/client.ts'
import type { RampView } from '../../server/wire.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { summaryOf } from '../summary.ts'
import { tableLines } from '../views/columns.ts'
import { paintFor } from '../views/paint.ts'
import { timelineLines } from '../views/timeline-lines.ts'
import { withDaemon } from '../workspace.ts'

/** Explains a code, a ramp, or a stage (`RAMP/STAGE`, or `STAGE` of the latest ramp). */
export async function runExplain(
  parts: CliParts,
  what: string | undefined,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  if (what === undefined) return listCodes(parts, options)
  if (Object.hasOwn(FAULT_CODES, what)) return explainCode(parts, what as FaultCodeName, options)
  const explain = async (client: RampartClient): Promise<number> => {
    const { view, stage } = await find(client, what)
    const { state, nowMs } = view
    if (options.json === true) {
      const told = stage === undefined ? summaryOf(state) : stageTold(view, stage)
      parts.stdout.write(`${JSON.stringify(told)}\n`)
      return EXIT.yes
    }
    const lines =
      stage === undefined
        ? [
            state.ramp,
            ...explainRamp(state, nowMs),
            ...brokenStages(view),
            ...timeline(parts, view),
          ]
        : explainStage(state, stage, nowMs)
    parts.stdout.write(`${lines.join('\n')}\n`)
    return EXIT.yes
  }
  return await withDaemon(parts, options, explain).catch((error: unknown) => {
    if (!isFault(error, 'daemon-absent')) throw error
    throw unknown(what, `${what} is no fault code, and nothing has been ramped here.`)
  })
}

/** One stage, as `--json` prints it. */
function stageTold({ state, nowMs }: RampView, name: string): object {
  const summary = summaryOf(state)
  const stage = summary.stages.find((candidate) => candidate.name === name)
  return { ramp: state.ramp, stage, sentences: explainStage(state, name, nowMs) }
}

/** What went wrong stage by stage, without what the ramp's own cause has said already. */
function brokenStages(view: RampView): readonly string[] {
  const { state, nowMs } = view
  const cause = state.ended?.cause ?? state.held ?? state.undoCause
  const said = cause === undefined ? [] : [cause.sentence, cause.answer?.sentence ?? '']
  const isNews = (line: string): boolean => !said.some((text) => text !== '' && line.endsWith(text))
  return state.stages
    .filter((stage) => stage.cause !== undefined)
    .flatMap((stage) => ['', ...explainStage(state, stage.name, nowMs).filter(isNews)])
}

/** Where the time of a ramp went that reached its goal. */
function timeline(parts: CliParts, { state }: RampView): readonly string[] {
  if (state.ended?.outcome !== 'reached') return []
  const paint = paintFor(parts.stdout, parts.settings)
  return ['', ...timelineLines(state, paint, parts.stdout.columns ?? 100)]
}

async function find(
  client: RampartClient,
  what: string,
): Promise<{ readonly view: RampView; readonly stage?: string }> {
  try {
    return { view: await client.ramp(what) }
  } catch (error) {
    if (!isFault(error, 'ramp-unknown')) throw error
  }
  const slash = what.indexOf('/')
  const [ramp, stage] = slash < 0 ? ['latest', what] : [what.slice(0, slash), what.slice(slash + 1)]
  const view = await client.ramp(ramp).catch((error: unknown) => {
    if (isFault(error, 'ramp-unknown')) throw unknown(what)
    throw error
  })
  if (!view.state.stages.some((candidate) => candidate.name === stage)) {
    const names = view.state.stages.map((candidate) => candidate.name).join(', ')
    const hint =
      slash < 0
        ? `${what} is no fault code, no ramp, and no stage of ${view.state.ramp} (${names}).`
        : `${view.state.ramp} has no stage ${stage}; there are: ${names}.`
    throw unknown(what, hint)
  }
  return { view, stage }
}

function unknown(what: string, why = `${what} is no fault code, no ramp and no stage.`): Fault {
  const near = nearestWord(what, Object.keys(FAULT_CODES))
  const hint = near === undefined ? why : `${why} Did you mean ${near}?`
  return new Fault({ code: 'code-unknown', operation: 'explain', subject: what, hint })
}

function listCodes(parts: CliParts, options: JsonOption): number {
  if (options.json === true) {
    parts.stdout.write(`${JSON.stringify(FAULT_CODES)}\n`)
    return EXIT.yes
  }
  const rows = Object.entries(FAULT_CODES).map(([name, code]) => [name, code.meaning])
  parts.stdout.write(`${tableLines(rows).join('\n')}\n`)
  return EXIT.yes
}

function explainCode(parts: CliParts, name: FaultCodeName, options: JsonOption): number {
  const code = FAULT_CODES[name]
  if (options.json === true) {
    parts.stdout.write(`${JSON.stringify({ code: name, ...code })}\n`)
    return EXIT.yes
  }
  parts.stdout.write(`${name}: ${code.meaning}\n  What to do: ${code.remedy}\n`)
  const again = code.retryable
    ? 'The same may succeed when tried again.'
    : 'Trying again will not help.'
  parts.stdout.write(`  ${again} Exit code ${code.exitCode}, HTTP status ${code.httpStatus}.\n`)
  return EXIT.yes
}
