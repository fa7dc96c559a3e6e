/** Environments that tests write as text, and what becomes of them. */
import assert from 'node:assert/strict'
import { formatIssues } from '../../src/contracts/document/format-issue.ts'
import type { Issue } from '../../src/contracts/document/issue.ts'
import type { EnvironmentContract } from '../../src/contracts/environment/definition.ts'
import { parseContracts, planContract } from '../../src/contracts/index.ts'
import { checkPlan } from '../../src/core/plan/check-plan.ts'
import type { Plan, Stage } from '../../src/core/plan/plan.ts'

/** What every environment begins with, up to the keys of its `spec`. */
export function headOf(name: string): string {
  return `apiVersion: rampart/v1\nkind: Environment\nmetadata: { name: ${name} }\nspec:\n`
}

/** The contract, which nothing may be wrong with. */
export function environmentIn(text: string): EnvironmentContract {
  const source = { path: 'a.yaml', text }
  const { contracts, issues } = parseContracts([source])
  assert.equal(formatIssues(issues, [source]), '')
  const [contract] = contracts
  assert.ok(contract?.kind === 'Environment')
  return contract
}

/** Its plan, which passes the plan's own check. */
export function planIn(text: string, goal = 'up'): Plan {
  return checkPlan(planContract(environmentIn(text), { goal }))
}

/** The stage of that name, which is there. */
export function stageIn(plan: Plan, name: string): Stage {
  return plan.stages.find((stage) => stage.name === name) ?? assert.fail(name)
}

/** Everything that is wrong with it. */
export function issuesIn(text: string): readonly Issue[] {
  return parseContracts([{ path: 'a.yaml', text }]).issues
}

/** What is wrong, and the word that may be meant. */
export function printNearest({ message, nearest }: Issue): string {
  return nearest === undefined ? message : `${message} | ${nearest}`
}
