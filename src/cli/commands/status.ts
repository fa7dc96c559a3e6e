/** `rampart status`: what moves, what runs, what broke, which ports are stolen; `--watch` follows a ramp. */
import { isFault } from '../../core/fault/fault.ts'
import { explainRamp } from '../../core/ramp/explain.ts'
import type { Mood } from '../../core/telling/stage-rows.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { RampartClient } from '../../server/client/client.ts'
import type { PortLease } from '../../server/wire/ports.ts'
import type { RampSummary } from '../../server/wire.ts'
import type { CliParts } from '../cli-parts.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { agentLines } from '../views/agent-lines.ts'
import { tableLines } from '../views/columns.ts'
import { environmentLines } from '../views/environment-lines.ts'
import { heldLines } from '../views/held-lines.ts'
import { MARKS, type Paint, paintFor } from '../views/paint.ts'
import { stolenLines } from '../views/stolen-lines.ts'
import { watchRamp } from '../watch-ramp.ts'
import { withDaemon } from '../workspace.ts'

/** What `status` may be told. */
export type StatusOptions = JsonOption & WorkspaceOption & { readonly watch?: boolean }

/** How many ended ramps are listed. */
const SHOWN_RAMPS = 5

/** Shows how everything of the workspace stands. */
export function runStatus(parts: CliParts, options: StatusOptions): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const { ramps } = await client.ramps({ limit: 50 })
    const moving = ramps.filter(({ phase }) => phase !== 'ended' && phase !== 'watching')
    const [first] = moving
    if (options.watch === true && first !== undefined) {
      const json = options.json === true
      const { ramp } = first
      const watched = await watchRamp({ parts, client, ramp, json, interrupt: 'leave' })
      return watched.exitCode
    }
    const asked = [client.environments(), client.agents(), stolenPorts(client)] as const
    const [environments, agents, stolen] = await Promise.all(asked)
    if (options.json === true) {
      const told = stolen.length === 0 ? {} : { stolen }
      parts.stdout.write(`${JSON.stringify({ ramps, environments, agents, ...told })}\n`)
      return EXIT.yes
    }
    const paint = paintFor(parts.stdout, parts.settings)
    const lines = [
      ...(await movingLines(client, moving, paint)),
      ...environmentLines(environments, parts.nowMs(), paint),
      ...stolenLines(stolen, paint),
      ...agentLines(agents, parts.nowMs(), paint),
      ...endedLines(ramps, parts.nowMs(), paint),
    ]
    parts.stdout.write(`${lines.join('\n')}\n`)
    if (ramps.length === 0) parts.stderr.write('Nothing has been ramped here. Next: rampart up\n')
    return EXIT.yes
  })
}

/** Leases whose ports others listen on; none where no ports are leased. */
async function stolenPorts({ ports }: RampartClient): Promise<readonly PortLease[]> {
  try {
    return (await ports.leases()).leases.filter(({ state }) => state === 'stolen')
  } catch (error) {
    if (isFault(error, 'ports-unavailable')) return []
    throw error
  }
}

async function movingLines(
  client: RampartClient,
  moving: readonly RampSummary[],
  paint: Paint,
): Promise<readonly string[]> {
  const lines: string[] = []
  for (const { ramp } of moving) {
    const { state, nowMs } = await client.ramp(ramp)
    const mood = state.held === undefined ? 'moving' : 'bad'
    lines.push(paint.bold(ramp))
    lines.push(
      ...explainRamp(state, nowMs).map((line) => `  ${paint.mood(mood, MARKS[mood])} ${line}`),
    )
    lines.push(...heldLines(state).map((line) => `  ${line}`), '')
  }
  return lines
}

/** Watching that gave way to something else is not worth a line. */
function isWatchOver(goal: string, outcome: string | undefined): boolean {
  return goal === 'watch' && outcome === 'abandoned'
}

function endedLines(ramps: readonly RampSummary[], nowMs: number, paint: Paint): readonly string[] {
  const ended = ramps
    .filter(({ phase, goal, outcome }) => phase === 'ended' && !isWatchOver(goal, outcome))
    .slice(0, SHOWN_RAMPS)
  if (ended.length === 0) return []
  const rows = ended.map((ramp) => [
    ramp.ramp,
    ramp.outcome === 'reached' ? ramp.goal : (ramp.outcome ?? ''),
    `${describeDuration(Math.max(0, nowMs - (ramp.endedAtMs ?? ramp.latestMs)))} ago`,
    [ramp.cause ?? [], ramp.owner === undefined ? [] : `(owned by ${ramp.owner})`].flat().join(' '),
  ])
  const lines = tableLines(rows).map((line, index) => {
    const mood: Mood = ended[index]?.outcome === 'reached' ? 'good' : 'bad'
    return `  ${paint.mood(mood, MARKS[mood])} ${line}`
  })
  return [paint.bold('Last ramps'), ...lines]
}
