/**
 * `rampart export`: a contract, its plan or a ramp in the words of another tool. What that tool has no
 * word for is told on standard error.
 */

import { exportCompose } from '../../contracts/environment/export/compose.ts'
import type { Exported, Unsaid } from '../../contracts/environment/export/exported.ts'
import { exportKubernetes } from '../../contracts/environment/export/kubernetes.ts'
import { aimContract, planContract } from '../../contracts/index.ts'
import { checkPlan } from '../../core/plan/check-plan.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { chooseContract, loadContracts } from '../contract-files.ts'
import { EXIT } from '../exit-code.ts'
import type { ContractOption, TargetOption, WorkspaceOption } from '../options.ts'
import { aimOf } from '../target-choice.ts'
import { countOf } from '../views/columns.ts'
import { junitOf } from '../views/junit.ts'
import { mermaidOf } from '../views/mermaid.ts'
import { withDaemon } from '../workspace.ts'
import { sayIssues } from './check.ts'

/** What `export` may be told. */
export type ExportOptions = ContractOption &
  TargetOption &
  WorkspaceOption & {
    readonly to?: string
    readonly ramp?: string
    readonly goal?: string
    readonly strict?: boolean
  }

const FORMATS = ['compose', 'kubernetes', 'mermaid', 'junit']

/** Prints an export; exit 3 with `--strict` when anything could not be said. */
export async function runExport(
  parts: CliParts,
  path: string | undefined,
  options: ExportOptions,
): Promise<number> {
  const { to } = options
  if (to === undefined || !FORMATS.includes(to)) {
    const what = to === undefined ? 'it must be said what to export to' : `${to} is no format`
    return misuse(parts, what, `Say which with --to: ${FORMATS.join(', ')}`)
  }
  if (to === 'junit') return exportRamp(parts, options)
  const loaded = await loadContracts(parts.cwd, path)
  if (loaded.issues.length > 0) return sayIssues(parts, loaded, {})
  const contract = chooseContract(loaded, options.name)
  const aim = aimOf(parts, contract, options)
  if (to === 'mermaid') {
    const plan = checkPlan(planContract(contract, { goal: options.goal ?? 'up', ...aim }))
    parts.stdout.write(mermaidOf(plan))
    return EXIT.yes
  }
  const aimed = aimContract(contract, aim.target)
  if (aimed.kind !== 'Environment') {
    const what = `${aimed.name} is a contract of kind ${aimed.kind}, for which ${to} has no words`
    return misuse(parts, what, 'Export its plan: rampart export --to mermaid')
  }
  const { definition } = aimed
  return say(
    parts,
    to === 'compose' ? exportCompose(definition) : exportKubernetes(definition),
    options,
  )
}

function say(parts: CliParts, { text, unsaid }: Exported, options: ExportOptions): number {
  parts.stdout.write(text)
  sayUnsaid(parts, unsaid)
  return options.strict === true && unsaid.length > 0 ? EXIT.no : EXIT.yes
}

function sayUnsaid(parts: CliParts, unsaid: readonly Unsaid[]): void {
  if (unsaid.length === 0) return
  parts.stderr.write(`${countOf(unsaid.length, 'thing')} not said as in the contract:\n`)
  for (const { what, why } of unsaid) parts.stderr.write(`  ${what}\n      ${why}\n`)
}

/** The ramp that is named, else the latest one. */
function exportRamp(parts: CliParts, options: ExportOptions): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const { ramps } = options.ramp === undefined ? await client.ramps({ limit: 1 }) : { ramps: [] }
    const ramp = options.ramp ?? ramps[0]?.ramp
    if (ramp === undefined) return misuse(parts, 'no ramp was run here', 'Next: rampart up')
    const { state } = await client.ramp(ramp)
    parts.stdout.write(junitOf(state))
    return EXIT.yes
  })
}
