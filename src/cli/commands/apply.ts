/**
 * `rampart apply`: contracts become what the server holds. The difference is shown first, and only what
 * was shown is applied: whatever somebody else amended meanwhile is refused. What touches what others own
 * is only proposed to them, which is exit code 3. Starts nothing.
 */
import { globSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { heldIssues } from '../../contracts/held.ts'
import { Fault } from '../../core/fault/fault.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { RampartClient } from '../../server/client/client.ts'
import type { ApplyReply, ApplyRequest } from '../../server/wire/contracts.ts'
import type { CliParts } from '../cli-parts.ts'
import { type LoadedContracts, loadContracts } from '../contract-files.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { applyCounts, applyLines, waitingLines } from '../views/apply-lines.ts'
import { countOf } from '../views/columns.ts'
import { paintFor } from '../views/paint.ts'
import { withOwnDaemon, workspaceOf } from '../workspace.ts'
import { sayIssues } from './check.ts'

/** What `apply` may be told. */
export type ApplyOptions = JsonOption &
  WorkspaceOption & {
    /** A file, or a folder with everything below it. @default the usual file of this folder */
    readonly file?: string
    readonly dryRun?: boolean
    /** Do not ask. */
    readonly yes?: boolean
    readonly why?: string
    /** Owners in whose name it is applied; counts only at the socket of one's own machine. */
    readonly as?: readonly string[]
  }

/** Applies contracts. */
export async function runApply(parts: CliParts, options: ApplyOptions): Promise<number> {
  const loaded = await loadAll(parts, options.file)
  const secrets = loaded.contracts.flatMap(heldIssues)
  const issues = [...loaded.issues, ...secrets]
  if (issues.length > 0) return sayIssues(parts, { ...loaded, issues }, options)
  return await withOwnDaemon(parts, workspaceOf(parts, options), async (client) => {
    const documents = loaded.contracts.map(({ document }) => document as JsonObject)
    const as = options.as === undefined ? {} : { as: options.as }
    const request = { documents, by: parts.user, ...as }
    const foreseen = await client.applyContracts({ ...request, dryRun: true })
    const isNothing = foreseen.contracts.every(({ outcome }) => outcome === 'unchanged')
    if (options.json !== true) show(parts, foreseen)
    if (options.dryRun === true || isNothing) {
      if (options.json === true) parts.stdout.write(`${JSON.stringify(foreseen)}\n`)
      return EXIT.yes
    }
    const refusal = await refusalOf(parts, options)
    if (refusal !== undefined) return refusal
    const why = options.why === undefined ? {} : { why: options.why }
    return await apply(parts, client, { ...request, ...why, expects: seenIn(foreseen) }, options)
  })
}

async function apply(
  parts: CliParts,
  client: RampartClient,
  request: ApplyRequest,
  options: ApplyOptions,
): Promise<number> {
  const applied = await client.applyContracts(request)
  if (options.json === true) parts.stdout.write(`${JSON.stringify(applied)}\n`)
  else sayApplied(parts, applied)
  const waits = applied.contracts.some(({ outcome }) => outcome === 'proposed')
  return waits ? EXIT.no : EXIT.yes
}

function sayApplied(parts: CliParts, { contracts }: ApplyReply): void {
  const lines = [`Applied: ${applyCounts(contracts, true)}.`, ...waitingLines(contracts)]
  parts.stderr.write(`${lines.join('\n')}\n`)
}

/** What was shown is what is expected; anything else is somebody else's change. */
function seenIn({ contracts }: ApplyReply): NonNullable<ApplyRequest['expects']> {
  return contracts.map(({ kind, name, outcome, digest, replaces }) => ({
    kind,
    name,
    digest: outcome === 'unchanged' ? digest : (replaces ?? null),
  }))
}

function show(parts: CliParts, { contracts }: ApplyReply): void {
  const paint = paintFor(parts.stdout, parts.settings)
  for (const line of applyLines(contracts, paint)) parts.stdout.write(`${line}\n`)
  const isNothing = contracts.every(({ outcome }) => outcome === 'unchanged')
  const end = isNothing ? ': nothing to do.' : '.'
  parts.stdout.write(`${applyCounts(contracts, false)}${end}\n`)
}

/** The exit code of whoever does not want it; undefined: go on. */
async function refusalOf(parts: CliParts, options: ApplyOptions): Promise<number | undefined> {
  if (options.yes === true) return undefined
  const from = options.file === undefined ? '' : ` -f ${options.file}`
  const next = `  Next: rampart apply${from} --yes\n`
  if (parts.ask === undefined || options.json === true) {
    parts.stderr.write(`rampart: Nothing was applied, since there is nobody to ask.\n${next}`)
    return EXIT.usage
  }
  const answer = await parts.ask('Apply this? Only yes is taken for yes: ')
  if (answer?.trim() === 'yes') return undefined
  parts.stderr.write(`Nothing was applied.\n${next}`)
  return EXIT.no
}

/** A folder is everything below it that is a contract; nothing hidden, and no dependencies. */
async function loadAll(parts: CliParts, path: string | undefined): Promise<LoadedContracts> {
  const { cwd } = parts
  const root = resolve(cwd, path ?? '.')
  const isFolder = statSync(root, { throwIfNoEntry: false })?.isDirectory() === true
  if (path === undefined || !isFolder) return await loadContracts(cwd, path)
  const files = globSync('**/*.{yaml,yml,json}', {
    cwd: root,
    exclude: (name) => name.startsWith('.') || name === 'node_modules',
  })
  const contracts = files.sort().filter((file) => isContract(join(root, file)))
  if (contracts.length === 0) throw noContracts(root, files.length)
  const loaded: LoadedContracts[] = []
  for (const file of contracts) loaded.push(await loadContracts(cwd, join(root, file)))
  return {
    path: root,
    contracts: loaded.flatMap((one) => one.contracts),
    issues: loaded.flatMap((one) => one.issues),
    sources: loaded.flatMap((one) => one.sources),
  }
}

/** Told by the version of the language alone: a key that is misspelt must be complained of, not left out. */
function isContract(file: string): boolean {
  return /:\s*['"]?rampart\/v\d/.test(readFileSync(file, 'utf8'))
}

function noContracts(root: string, files: number): Fault {
  const hint = `None of the ${countOf(files, 'file')} below ${root} is a contract of rampart/v1.`
  const subject = relative(process.cwd(), root) || root
  return new Fault({ code: 'contract-absent', operation: 'find contracts', subject, hint })
}
