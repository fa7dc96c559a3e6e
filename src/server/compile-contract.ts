/**
 * A document to a plan, and the settings it wants. The server compiles every contract itself: a plan
 * that somebody sends is never run.
 */

import type { PlanRequest } from '../contracts/contract.ts'
import { formatIssue } from '../contracts/document/format-issue.ts'
import { type Region, regionSettingKey } from '../contracts/environment/region.ts'
import { valuesOfSettings } from '../contracts/environment/setting-values.ts'
import { fromOutside } from '../contracts/from-outside.ts'
import {
  type AnyContract,
  aimContract,
  nextGoalOf,
  parseContracts,
  planContract,
} from '../contracts/index.ts'
import { Fault } from '../core/fault/fault.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Json, JsonObject } from '../core/units/json.ts'
import type { RampSettings } from '../seams/settings.ts'

/** A contract's plan toward the goal. */
export interface Compiled {
  /** The contract as it is for the target; the same where it has none. */
  readonly aimed: AnyContract
  readonly plan: Plan
  /** What follows by itself once the goal is reached. */
  readonly next?: Plan
}

/**
 * Understands one document.
 *
 * @throws contract-invalid with every issue
 */
export function readContract(document: Json): AnyContract {
  const { contracts, issues } = parseContracts([{ path: 'contract', value: document }])
  const [contract] = contracts
  if (issues.length > 0 || contract === undefined || contracts.length > 1) {
    const lines = issues.map((issue) => formatIssue(issue))
    throw new Fault({
      code: 'contract-invalid',
      operation: 'compile the contract',
      subject: contract?.name ?? 'contract',
      hint: lines.length > 0 ? lines.join('\n') : 'Exactly one contract is ramped at a time.',
    })
  }
  return contract
}

/**
 * Compiles a contract.
 *
 * @throws goal-unknown, target-unknown, target-missing
 */
export function compileContract(contract: AnyContract, request: PlanRequest): Compiled {
  const next = nextGoalOf(contract, request)
  const { goal, target } = request
  const isWhole = goal === 'down' && target === undefined
  return {
    aimed: isWhole ? contract : aimContract(contract, target),
    plan: planContract(contract, request),
    ...(next === undefined ? {} : { next: planContract(contract, { ...request, goal: next }) }),
  }
}

/** What settings are made from. */
export interface SettingsSources {
  readonly goal: string
  readonly target?: string
  readonly directory: string
  readonly workspace: string
  /** Values that were sent, by the name of the setting. */
  readonly given: Readonly<Record<string, string>>
  /** The settings of the ramp that brought it up, for the way down. */
  readonly earlier: RampSettings | undefined
}

/**
 * The settings of a ramp: what was sent, else what an earlier ramp had, else the contract's default.
 * The way down is never refused for want of a value; only what needs it fails.
 *
 * @throws setting-missing when a value is needed on the way up and is nowhere
 * @throws request-malformed when a value is sent that the contract does not name
 */
export function settingsFor(contract: AnyContract, sources: SettingsSources): RampSettings {
  const { goal, target, directory, workspace, given, earlier } = sources
  const { settings, regions } = fromOutside(contract)
  const known = new Set([
    ...settings.map((setting) => setting.name),
    ...regions.flatMap((region) =>
      region.settings.map(({ name }) => regionSettingKey(region.name, name)),
    ),
  ])
  const unknown = Object.keys(given).filter((name) => !known.has(name))
  if (unknown.length > 0) throw unknownSettings(contract, unknown)
  const { values, groups } = valuesOfSettings({ settings, regions }, given, earlier)
  const missing = [
    ...settings.filter(({ name }) => values[name] === undefined),
    ...missingInRegions(regions, groups ?? {}),
  ]
  if (missing.length > 0 && goal === 'up') throw missingSettings(contract, missing)
  const secrets = settings.filter((setting) => setting.secret).map((setting) => setting.name)
  const more = groups === undefined ? {} : { groups }
  const run = { directory, workspace, ...(target === undefined ? {} : { target }) }
  return { values, ...more, secrets, run }
}

/** What a region wants of its own and has not: the value of all others must not stand in for it. */
function missingInRegions(
  regions: readonly Region[],
  groups: Readonly<Record<string, JsonObject>>,
): readonly Wanted[] {
  return regions.flatMap(({ name: region, settings }) =>
    settings
      .filter(({ name }) => groups[region]?.[name] === undefined)
      .map((setting) => ({ ...setting, region })),
  )
}

interface Wanted {
  readonly name: string
  readonly from?: string
  readonly region?: string
}

function missingSettings(contract: AnyContract, missing: readonly Wanted[]): Fault {
  const names = missing.map(({ name, from, region }) => {
    const where = region === undefined ? '' : ` in ${region}`
    return `settings.${name}${where}${from === undefined ? '' : ` (set ${from})`}`
  })
  return new Fault({
    code: 'setting-missing',
    operation: 'read the settings',
    subject: contract.name,
    hint: `There is no value for ${names.join(', ')}.`,
  })
}

function unknownSettings(contract: AnyContract, names: readonly string[]): Fault {
  return new Fault({
    code: 'request-malformed',
    operation: 'read the settings',
    subject: contract.name,
    hint: `The contract names no setting ${names.join(', ')}.`,
  })
}
