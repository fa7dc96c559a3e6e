/**
 * What a forecast is about: the contract at a path, the contract of a name as it is written now, or,
 * where there is no text of it, the plan of its latest ramp.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { nearestWord } from '../contracts/document/nearest-word.ts'
import { type AnyContract, planContract } from '../contracts/index.ts'
import { Fault, isFault } from '../core/fault/fault.ts'
import type { PastRamp } from '../core/forecast/past-ramp.ts'
import { checkPlan } from '../core/plan/check-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { CliParts } from './cli-parts.ts'
import { chooseContract, folderOf, type LoadedContracts, loadContracts } from './contract-files.ts'
import type { ContractOption, TargetOption, WorkspaceOption } from './options.ts'
import { readHistory } from './past-ramps.ts'
import { type Aim, aimOf } from './target-choice.ts'

/** What may be said of it. */
export type SubjectOptions = ContractOption &
  TargetOption &
  WorkspaceOption & { readonly goal?: string; readonly last: number }

/** A contract with its earlier ramps. */
export interface ForecastSubject {
  readonly name: string
  readonly goal: string
  readonly plan: Plan
  /** Oldest first. */
  readonly history: readonly PastRamp[]
}

/**
 * Finds what is meant.
 *
 * @returns the contracts that were read when there are issues in them
 * @throws contract-absent naming what there is
 */
export async function forecastSubject(
  parts: CliParts,
  word: string | undefined,
  options: SubjectOptions,
): Promise<ForecastSubject | LoadedContracts> {
  const goal = options.goal ?? 'up'
  const found = await findContract(parts, word, options)
  if (found !== undefined && 'issues' in found) return found
  const directory = found === undefined ? parts.cwd : folderOf(parts.cwd, found)
  const name = found?.name ?? word
  const aim = found === undefined ? targetNamed(options) : aimOf(parts, found, options)
  const history = await readHistory(parts, {
    ...(name === undefined ? {} : { contract: name }),
    goal,
    ...aim,
    last: options.last,
    workspace: options.workspace === undefined ? directory : resolve(parts.cwd, options.workspace),
  })
  const plan =
    found === undefined
      ? history.ramps.at(-1)?.plan
      : checkPlan(planContract(found, { goal, ...aim }))
  if (plan === undefined) throw absent(parts, name, goal, history.contracts)
  return { name: plan.contract.name, goal, plan, history: history.ramps }
}

function targetNamed({ target }: TargetOption): Aim {
  return target === undefined ? {} : { target }
}

async function findContract(
  parts: CliParts,
  word: string | undefined,
  options: ContractOption,
): Promise<AnyContract | LoadedContracts | undefined> {
  const isPath = word !== undefined && existsSync(resolve(parts.cwd, word))
  try {
    const loaded = await loadContracts(parts.cwd, isPath ? word : undefined)
    if (loaded.issues.length > 0) return loaded
    if (word === undefined || isPath) return chooseContract(loaded, options.name)
    return loaded.contracts.find((contract) => contract.name === word)
  } catch (error) {
    if (isPath || !isFault(error, 'contract-absent')) throw error
    return undefined
  }
}

function absent(
  parts: CliParts,
  name: string | undefined,
  goal: string,
  contracts: readonly string[],
): Fault {
  const subject = name ?? parts.cwd
  const nearest = name === undefined ? undefined : nearestWord(name, contracts)
  const meant = nearest === undefined ? '' : ` Did you mean ${nearest}?`
  const called = name === undefined ? '' : `${name} `
  const hint =
    contracts.length === 0
      ? `There is no contract ${called}here, and nothing was ever ramped here.`
      : `There is no contract ${called}here, and no ramp that reached ${goal}.${meant}`
  return new Fault({ code: 'contract-absent', operation: 'forecast', subject, hint })
}
