/** `rampart up`: brings an environment up, shows it live, and says where the time went. */
import { aimContract } from '../../contracts/index.ts'
import type { CliParts } from '../cli-parts.ts'
import { chooseContract, folderOf, loadContracts } from '../contract-files.ts'
import { EXIT } from '../exit-code.ts'
import type { ContractOption, JsonOption, TargetOption, WorkspaceOption } from '../options.ts'
import { settingValues } from '../setting-values.ts'
import { summaryOf } from '../summary.ts'
import { aimOf } from '../target-choice.ts'
import { type TraceOption, writeTrace } from '../trace-file.ts'
import { type Watched, watchRamp } from '../watch-ramp.ts'
import { withOwnDaemon, workspaceOf } from '../workspace.ts'
import { sayIssues } from './check.ts'

/** What `up` may be told. */
export type UpOptions = JsonOption &
  ContractOption &
  WorkspaceOption &
  TraceOption &
  TargetOption & {
    /** Leave the ramp to the daemon as soon as it is opened. */
    readonly detach?: boolean
  }

/** Opens a ramp up and watches it. */
export async function runUp(
  parts: CliParts,
  path: string | undefined,
  options: UpOptions,
): Promise<number> {
  const opened = await rampUp(parts, path, options)
  if (typeof opened === 'number') return opened
  if (options.json === true) {
    parts.stdout.write(`${JSON.stringify(summaryOf(opened.state))}\n`)
  }
  return opened.exitCode
}

/** The same without the result's JSON; a number is an exit code when nothing was watched. */
async function rampUp(
  parts: CliParts,
  path: string | undefined,
  options: UpOptions,
): Promise<Watched | number> {
  const loaded = await loadContracts(parts.cwd, path)
  if (loaded.issues.length > 0) return sayIssues(parts, loaded, options)
  const contract = chooseContract(loaded, options.name)
  const aim = aimOf(parts, contract, options)
  const directory = folderOf(parts.cwd, contract)
  const workspace = workspaceOf(parts, options, directory)
  return withOwnDaemon(parts, workspace, async (client) => {
    const ramp = await client.openRamp({
      contract: contract.document,
      // A folder of this machine is nothing to a server elsewhere.
      ...(parts.server === undefined ? { directory } : {}),
      goal: 'up',
      ...aim,
      settings: settingValues(aimContract(contract, aim.target), parts.settings),
      by: parts.user,
    })
    if (options.detach !== true) {
      const watched = await watchRamp({ parts, client, ramp, json: options.json === true })
      await writeTrace(parts, { client, ramp }, options)
      return watched
    }
    if (options.json === true) parts.stdout.write(`${JSON.stringify({ ramp })}\n`)
    else parts.stderr.write(`${ramp} is under way.\n  Next: rampart status --watch\n`)
    return EXIT.yes
  })
}
