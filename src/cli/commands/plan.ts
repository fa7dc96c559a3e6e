/** `rampart plan`: what a contract compiles to, without running any of it. */
import { planContract } from '../../contracts/index.ts'
import { checkPlan } from '../../core/plan/check-plan.ts'
import type { Plan, Stage } from '../../core/plan/plan.ts'
import { indexOfPlan } from '../../core/plan/plan-index.ts'
import { rampTitle } from '../../core/telling/ramp-title.ts'
import { digestOf } from '../../core/units/digest.ts'
import { describeDuration } from '../../core/units/duration.ts'
import type { CliParts } from '../cli-parts.ts'
import { chooseContract, loadContracts } from '../contract-files.ts'
import { EXIT } from '../exit-code.ts'
import type { ContractOption, JsonOption, TargetOption } from '../options.ts'
import { aimOf } from '../target-choice.ts'
import { countOf, tableLines } from '../views/columns.ts'
import { sayIssues } from './check.ts'
import { runPlanAgainst } from './plan-against.ts'
import { handOverLines, handOversFor } from './plan-hand-overs.ts'
import { touchesOf, touchLines } from './plan-touches.ts'

/** What `plan` may be told. */
export type PlanOptions = JsonOption &
  ContractOption &
  TargetOption & {
    readonly goal?: string
    /** A target or a file, to say what differs. */
    readonly against?: string
  }

/** Prints the plan of a contract. */
export async function runPlan(
  parts: CliParts,
  path: string | undefined,
  options: PlanOptions,
): Promise<number> {
  const loaded = await loadContracts(parts.cwd, path)
  if (loaded.issues.length > 0) return sayIssues(parts, loaded, options)
  const contract = chooseContract(loaded, options.name)
  const { against } = options
  if (against !== undefined) return runPlanAgainst(parts, contract, { ...options, against })
  const aim = aimOf(parts, contract, options)
  const goal = options.goal ?? 'up'
  const plan = checkPlan(planContract(contract, { goal, ...aim }))
  const digest = digestOf(plan)
  const touches = await touchesOf(parts, contract, goal)
  const handOvers = await handOversFor(parts, contract, { goal, ...aim })
  if (options.json === true) {
    const told = {
      ...(touches === undefined ? {} : { touches }),
      ...(handOvers === undefined ? {} : { handOvers }),
    }
    parts.stdout.write(`${JSON.stringify({ digest, plan, ...told })}\n`)
    return EXIT.yes
  }
  const more = [...touchLines(touches), ...handOverLines(handOvers)]
  for (const line of [...planLines(plan), ...more]) parts.stdout.write(`${line}\n`)
  parts.stdout.write(`\nplan ${digest}\n`)
  return EXIT.yes
}

function planLines(plan: Plan): readonly string[] {
  const waves = wavesOf(plan)
  const lines = [`${rampTitle(plan)}: ${countOf(plan.stages.length, 'stage')}`]
  for (const [number, wave] of waves.entries()) {
    lines.push('', `${number + 1}.`)
    const rows = wave.map((stage) => [
      `   ${stage.name}`,
      needsText(stage),
      conditionsText(stage),
      `within ${describeDuration(stage.deadlineMs)}, else ${stage.optional ? 'go on without' : stage.onBreach}`,
    ])
    lines.push(...tableLines(rows))
  }
  return lines
}

/** Stages by the longest chain of needs before them: what can be under way at the same time. */
function wavesOf(plan: Plan): readonly (readonly Stage[])[] {
  const { needs } = indexOfPlan(plan)
  const depths = new Map<number, number>()
  const depthOf = (place: number): number => {
    const known = depths.get(place)
    if (known !== undefined) return known
    const before = (needs[place] ?? []).map((need) => depthOf(need.stage) + 1)
    const depth = Math.max(0, ...before)
    depths.set(place, depth)
    return depth
  }
  const waves: Stage[][] = []
  for (const [place, stage] of plan.stages.entries()) {
    const depth = depthOf(place)
    waves[depth] = [...(waves[depth] ?? []), stage]
  }
  return waves
}

function needsText(stage: Stage): string {
  if (stage.needs.length === 0) return 'at once'
  return `after ${stage.needs.map((need) => `${need.stage} ${need.until}`).join(', ')}`
}

function conditionsText(stage: Stage): string {
  const names = stage.conditions.map((condition) => {
    const times = condition.consecutive > 1 ? ` ${condition.consecutive}×` : ''
    const hold = condition.holdMs > 0 ? ` for ${describeDuration(condition.holdMs)}` : ''
    return `${condition.name}${times}${hold}`
  })
  return names.length === 0 ? 'no proof' : `proved by ${names.join(', ')}`
}
