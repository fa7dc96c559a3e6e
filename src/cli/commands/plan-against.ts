/** `rampart plan --against`: what differs between the plans of two targets, or of two revisions. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { listWords } from '../../contracts/document/describe-value.ts'
import { compareSettings } from '../../contracts/environment/compare-settings.ts'
import type { EnvironmentDefinition } from '../../contracts/environment/definition.ts'
import { fromOutside } from '../../contracts/from-outside.ts'
import { type AnyContract, aimContract, planContract } from '../../contracts/index.ts'
import { Fault } from '../../core/fault/fault.ts'
import { checkPlan } from '../../core/plan/check-plan.ts'
import { comparePlans } from '../../core/plan/compare-plans.ts'
import { digestOf } from '../../core/units/digest.ts'
import type { CliParts } from '../cli-parts.ts'
import { chooseContract, type LoadedContracts, loadContracts } from '../contract-files.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, TargetOption } from '../options.ts'
import { type Aim, aimOf } from '../target-choice.ts'
import { type Compared, type Comparison, comparisonLines } from '../views/comparison-lines.ts'
import { paintFor } from '../views/paint.ts'
import { sayIssues } from './check.ts'

/** What is compared, and with what. */
export interface AgainstOptions extends JsonOption, TargetOption {
  readonly goal?: string
  /** A target of the same contract, or a file. */
  readonly against: string
}

/** A contract for one of its targets. */
interface Aimed {
  readonly contract: AnyContract
  readonly aim: Aim
  readonly label: string
}

/** Prints what differs. Differing is no failure. */
export async function runPlanAgainst(
  parts: CliParts,
  contract: AnyContract,
  options: AgainstOptions,
): Promise<number> {
  const other = await findOther(parts, contract, options)
  if ('issues' in other) return sayIssues(parts, other, options)
  const aim = aimOf(parts, contract, options)
  const isTarget = other.contract === contract
  const first = { contract, aim, label: (isTarget ? aim.target : undefined) ?? contract.file }
  const comparison = compare(first, other, options.goal ?? 'up')
  if (options.json === true) {
    parts.stdout.write(`${JSON.stringify(jsonOf(comparison))}\n`)
    return EXIT.yes
  }
  const paint = paintFor(parts.stdout, parts.settings)
  parts.stdout.write(`${comparisonLines(comparison, paint).join('\n')}\n`)
  return EXIT.yes
}

/** The other one: a target goes before a file of the same name. */
async function findOther(
  parts: CliParts,
  contract: AnyContract,
  options: AgainstOptions,
): Promise<Aimed | LoadedContracts> {
  const { against } = options
  if (fromOutside(contract).targets.some(({ name }) => name === against)) {
    return { contract, aim: { target: against }, label: against }
  }
  if (!existsSync(resolve(parts.cwd, against))) throw unknownOther(contract, against)
  const loaded = await loadContracts(parts.cwd, against)
  if (loaded.issues.length > 0) return loaded
  const isNamed = loaded.contracts.some(({ name }) => name === contract.name)
  const other = chooseContract(loaded, isNamed ? contract.name : undefined)
  return { contract: other, aim: aimOf(parts, other, options), label: other.file }
}

function compare(first: Aimed, second: Aimed, goal: string): Comparison {
  const [one, other] = [first, second].map(({ contract, aim, label }): Compared => {
    return { label, plan: checkPlan(planContract(contract, { goal, ...aim })) }
  }) as [Compared, Compared]
  const changes = comparePlans(one.plan, other.plan)
  const [before, after] = [first, second].map(({ contract, aim }) =>
    aimContract(contract, aim.target),
  )
  // Only environments have settings and are watched.
  if (before?.kind !== 'Environment' || after?.kind !== 'Environment') {
    return { first: one, second: other, changes, settings: [] }
  }
  return {
    first: one,
    second: other,
    changes,
    settings: compareSettings(before.definition, after.definition),
    ...compareWatching(before.definition, after.definition),
  }
}

function compareWatching(
  before: EnvironmentDefinition,
  after: EnvironmentDefinition,
): Pick<Comparison, 'watch'> {
  const watch = { first: before.watch ?? null, second: after.watch ?? null }
  return isDeepStrictEqual(watch.first, watch.second) ? {} : { watch }
}

function jsonOf({ first, second, changes, settings, watch }: Comparison): object {
  const sideOf = ({ label, plan }: Compared): object => ({
    label,
    contract: plan.contract,
    digest: digestOf(plan),
  })
  const sides = { first: sideOf(first), second: sideOf(second) }
  return { goal: first.plan.goal, ...sides, changes, settings, watch: watch ?? null }
}

function unknownOther(contract: AnyContract, against: string): Fault {
  const { name } = contract
  const names = fromOutside(contract).targets.map((target) => target.name)
  const targets = names.length === 0 ? 'which has none' : `which has ${listWords(names, 'and')}`
  const hint = `${against} is neither a file nor a target of ${name}, ${targets}.`
  const code = 'target-unknown'
  return new Fault({ code, operation: 'compare plans', subject: name, hint })
}
