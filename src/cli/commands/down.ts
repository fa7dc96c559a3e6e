/** `rampart down`: takes an environment down, proved gone. A ramp under way is aborted first. */
import { fromOutside } from '../../contracts/from-outside.ts'
import { type AnyContract, aimContract } from '../../contracts/index.ts'
import type { RampartClient } from '../../server/client/client.ts'
import type { LeftoversView, RampSummary } from '../../server/wire.ts'
import type { CliParts } from '../cli-parts.ts'
import { chooseContract, folderOf, type LoadedContracts, loadContracts } from '../contract-files.ts'
import { followRamp } from '../follow.ts'
import type { ContractOption, JsonOption, TargetOption, WorkspaceOption } from '../options.ts'
import { settingValues } from '../setting-values.ts'
import { summaryOf } from '../summary.ts'
import { type Aim, namedAim } from '../target-choice.ts'
import { watchRamp } from '../watch-ramp.ts'
import { withOwnDaemon, workspaceOf } from '../workspace.ts'
import { sayIssues } from './check.ts'

/** What `down` may be told. */
export type DownOptions = JsonOption & ContractOption & TargetOption & WorkspaceOption

/** Opens a ramp down and watches it. */
export async function runDown(
  parts: CliParts,
  path: string | undefined,
  options: DownOptions,
): Promise<number> {
  const loaded = await loadContracts(parts.cwd, path)
  if (loaded.issues.length > 0) return sayIssues(parts, loaded, options)
  const workspace = workspaceOf(
    parts,
    options,
    folderOf(parts.cwd, chooseContract(loaded, options.name)),
  )
  return withOwnDaemon(parts, workspace, (client) => takeDown(parts, client, loaded, options))
}

async function takeDown(
  parts: CliParts,
  client: RampartClient,
  loaded: LoadedContracts,
  options: DownOptions,
): Promise<number> {
  const json = options.json === true
  const contract = chooseContract(loaded, options.name)
  const named = namedAim(contract, options)
  await endMovingRamp(parts, client, contract, json)
  const aim = named.target === undefined ? await standingAim(client, contract) : named
  const aimed = aim.target === undefined ? contract : aimContract(contract, aim.target)
  const ramp = await client.openRamp({
    contract: contract.document,
    directory: folderOf(parts.cwd, contract),
    goal: 'down',
    ...aim,
    settings: settingValues(aimed, parts.settings),
    by: parts.user,
  })
  const watched = await watchRamp({ parts, client, ramp, json, interrupt: 'leave' })
  const left = await leftOf(client, contract)
  if (json) {
    const counts = { processes: left.processes.length, ports: left.ports.length }
    parts.stdout.write(`${JSON.stringify({ ...summaryOf(watched.state), left: counts })}\n`)
  } else {
    sayLeft(parts, left)
  }
  return watched.exitCode
}

/** The target that it was brought up for, as far as the contract still has it. */
async function standingAim(client: RampartClient, contract: AnyContract): Promise<Aim> {
  const environments = await client.environments()
  const standing = environments.find(
    (one) => one.kind === contract.kind && one.contract === contract.name,
  )
  const target = standing?.lastRamp?.contract.target
  const isKnown = fromOutside(contract).targets.some(({ name }) => name === target)
  return target !== undefined && isKnown ? { target } : {}
}

/** What the kernel still knows of an environment; contracts of other kinds run nothing. */
async function leftOf(client: RampartClient, { kind, name }: AnyContract): Promise<LeftoversView> {
  if (kind !== 'Environment') return { processes: [], ports: [] }
  const { processes, ports } = await client.leftovers()
  const own = processes.filter((process) => process.subject.startsWith(`${name}/`))
  const pids = new Set(own.map((process) => process.pid))
  return { processes: own, ports: ports.filter((port) => pids.has(port.pid)) }
}

function sayLeft(parts: CliParts, left: LeftoversView): void {
  if (left.processes.length === 0) {
    parts.stderr.write('Nothing is left: no process, no port.\n')
    return
  }
  for (const { pid, subject, command } of left.processes) {
    parts.stderr.write(`Left behind: ${subject}, pid ${pid}: ${command}\n`)
  }
}

async function endMovingRamp(
  parts: CliParts,
  client: RampartClient,
  { kind, name }: AnyContract,
  json: boolean,
): Promise<void> {
  const { ramps } = await client.ramps()
  const moving = ramps.find(
    (ramp) =>
      ramp.contract.kind === kind &&
      ramp.contract.name === name &&
      (ramp.phase === 'moving' || ramp.phase === 'undoing' || isStuck(ramp)),
  )
  if (moving === undefined) return
  if (!json) parts.stderr.write(`${moving.ramp} is under way; aborting it first.\n`)
  await abortRamp(parts, client, moving)
}

/** Whether a ramp holds that must be ended first; one that only watches makes way by itself. */
function isStuck({ phase, goal }: RampSummary): boolean {
  return phase === 'held' && goal !== 'watch'
}

/** Aborts a ramp with undo, or as it stands when it is past undoing, and waits for its end. */
async function abortRamp(
  parts: CliParts,
  client: RampartClient,
  moving: RampSummary,
): Promise<void> {
  const why = 'rampart down'
  if (moving.phase !== 'undoing') {
    const said = await client.say(moving.ramp, parts.user, { say: 'abort', undo: true, why })
    if (said.refusal !== undefined) {
      await client.say(moving.ramp, parts.user, { say: 'abort', undo: false, why })
    }
  }
  const state = await followRamp({ client, ramp: moving.ramp, observer: {} })
  if (state.ended === undefined) {
    await client.say(moving.ramp, parts.user, { say: 'abort', undo: false, why })
  }
}
