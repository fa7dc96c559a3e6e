/**
 * `rampart prove`: brings a copy of an environment up, makes each of its promises false, and says which
 * of them nothing would have told of. Nothing is left of the copy.
 */
import { type AnyContract, aimContract } from '../../contracts/index.ts'
import { isFault } from '../../core/fault/fault.ts'
import { parseDurationMs } from '../../core/units/duration.ts'
import { clearDeadCopy, deadCopies, holdCopy, takeOver } from '../../prove/copies.ts'
import type { Proof } from '../../prove/proof.ts'
import { proveEnvironment } from '../../prove/prove.ts'
import { Trial } from '../../prove/trial.ts'
import type { RampartClient } from '../../server/client/client.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { chooseContract, folderOf, loadContracts } from '../contract-files.ts'
import { EXIT } from '../exit-code.ts'
import type { ContractOption, JsonOption, TargetOption } from '../options.ts'
import { settingValues } from '../setting-values.ts'
import { aimOf } from '../target-choice.ts'
import { paintFor } from '../views/paint.ts'
import { proofLines, sightingLine } from '../views/proof-lines.ts'
import { sayIssues } from './check.ts'

/** What `prove` may be told. */
export type ProveOptions = JsonOption &
  ContractOption &
  TargetOption & {
    readonly within?: string
    readonly clean?: true
  }

/** How long conditions have to notice when nobody says. */
const DEFAULT_WITHIN = '10s'

/** Proves the conditions of a contract. */
export async function runProve(
  parts: CliParts,
  path: string | undefined,
  options: ProveOptions,
): Promise<number> {
  if (options.clean === true) return await runClean(parts, options)
  const withinMs = withinOf(options)
  if (withinMs === undefined) {
    const next = 'Next: rampart prove --within 10s'
    return misuse(parts, `--within takes a duration such as 10s, not ${options.within}`, next)
  }
  const loaded = await loadContracts(parts.cwd, path)
  if (loaded.issues.length > 0) return sayIssues(parts, loaded, options)
  const contract = chooseContract(loaded, options.name)
  const aim = aimOf(parts, contract, options)
  await clearDeadCopies(parts)
  const copy = await holdCopy()
  const { workspace } = copy
  const stop = new AbortController()
  const unhook = parts.onTermination(() => stop.abort())
  const told = { ...options, ...aim, withinMs, workspace, signal: stop.signal }
  try {
    const client = await parts.ensureDaemon(workspace)
    try {
      return await proveWith(parts, client, contract, told)
    } finally {
      await client.stopDaemon()
      await client.close()
    }
  } finally {
    unhook()
    await copy.remove()
  }
}

/** `--clean`: only removes what killed proofs have left. */
async function runClean(parts: CliParts, { json }: ProveOptions): Promise<number> {
  const copies = await clearDeadCopies(parts)
  if (json === true) printJson(parts, { copies })
  else if (copies.length === 0) parts.stdout.write('No killed proof has left anything.\n')
  return EXIT.yes
}

/** Takes down the copies of proofs that were killed. Returns where they were. */
async function clearDeadCopies(parts: CliParts): Promise<readonly string[]> {
  const removed: string[] = []
  for (const workspace of await deadCopies()) {
    try {
      await clearOne(parts, workspace)
      removed.push(workspace)
      parts.stderr.write(`Removed the copy in ${workspace}, which a killed proof had left.\n`)
    } catch (error) {
      // Somebody else may be removing it, and what it holds up is only itself.
      if (!isFault(error)) throw error
      const next = 'Next: rampart prove --clean'
      parts.stderr.write(`The copy in ${workspace} is still there: ${error.message} ${next}\n`)
    }
  }
  return removed
}

async function clearOne(parts: CliParts, workspace: string): Promise<void> {
  const copy = await takeOver(workspace)
  const client = await parts.ensureDaemon(workspace)
  const containers = await parts.openContainers(workspace)
  try {
    for (const { subject, pid } of await clearDeadCopy(workspace, client, containers)) {
      parts.stderr.write(`Left behind: ${subject}, pid ${pid}\n`)
    }
    await client.stopDaemon()
  } finally {
    containers.close()
    await client.close()
  }
  await copy.remove()
}

/** What a proof is told besides what was asked for. */
interface ToldOptions extends ProveOptions {
  readonly withinMs: number
  readonly workspace: string
  readonly signal: AbortSignal
}

function withinOf({ within = DEFAULT_WITHIN }: ProveOptions): number | undefined {
  try {
    return parseDurationMs(within)
  } catch (error) {
    if (isFault(error, 'unit-malformed')) return undefined
    throw error
  }
}

async function proveWith(
  parts: CliParts,
  client: RampartClient,
  contract: AnyContract,
  options: ToldOptions,
): Promise<number> {
  const directory = folderOf(parts.cwd, contract)
  const { target, workspace, signal } = options
  const aim = target === undefined ? {} : { target }
  const settings = settingValues(aimContract(contract, target), parts.settings)
  const by = parts.user
  const containers = await parts.openContainers(workspace)
  const around = { directory, settings, by, workspace, containers, signal }
  const trial = await Trial.open({ client, contract, ...aim, ...around })
  const say = (line: string): void => {
    if (options.json !== true) parts.stderr.write(`${line}\n`)
  }
  say(`Bringing up a copy of ${contract.name} in ${workspace}, to break it.`)
  try {
    return await proveCopy(parts, trial, contract.name, { ...options, say })
  } catch (error) {
    if (!signal.aborted) throw error
    say('Broken off; what was tried so far is above. The copy is taken down.')
    return EXIT.interrupted
  } finally {
    for (const { subject, pid, command } of await trial.clearAway()) {
      parts.stderr.write(`Left behind: ${subject}, pid ${pid}: ${command}\n`)
    }
    containers.close()
  }
}

async function proveCopy(
  parts: CliParts,
  trial: Trial,
  name: string,
  options: ToldOptions & { say(line: string): void },
): Promise<number> {
  const { withinMs, signal, say, json } = options
  const up = await trial.up()
  if (up.ended?.outcome !== 'reached') {
    const why =
      up.ended?.cause?.sentence ?? up.held?.sentence ?? up.undoCause?.sentence ?? 'nobody says why'
    say(`It cannot be proved, since it did not come up: ${why}`)
    if (json === true) printJson(parts, { verdict: 'not-up', cause: why })
    return EXIT.no
  }
  const paint = paintFor(parts.stderr, parts.settings)
  const proof = await proveEnvironment(trial, {
    withinMs,
    signal,
    trying: () => undefined,
    seen: (sighting) => say(sightingLine(sighting, paint)),
  })
  tell(parts, name, proof, options)
  return proof.verdict === 'proved' ? EXIT.yes : EXIT.no
}

function tell(parts: CliParts, name: string, proof: Proof, { json }: ProveOptions): void {
  if (json === true) return printJson(parts, { environment: name, ...proof })
  const lines = proofLines(name, proof, paintFor(parts.stdout, parts.settings))
  parts.stdout.write(`${lines.join('\n')}\n`)
}

function printJson(parts: CliParts, value: object): void {
  parts.stdout.write(`${JSON.stringify(value)}\n`)
}
