/** `rampart contracts`: what the server holds, revision by revision. Only reads. */
import { stringify } from 'yaml'
import { Fault } from '../../core/fault/fault.ts'
import type { RampartClient } from '../../server/client/client.ts'
import type { ContractSummary, RevisionSummary } from '../../server/wire/contracts.ts'
import type { CliParts } from '../cli-parts.ts'
import { heldName } from '../contract-name.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { changeLines, consequenceLines } from '../views/apply-lines.ts'
import { tableLines } from '../views/columns.ts'
import { paintFor } from '../views/paint.ts'
import { withDaemon } from '../workspace.ts'

/** What every one of them may be told. */
type Options = JsonOption & WorkspaceOption

/** What `contracts list` may be told. */
export type ContractsListOptions = Options & {
  readonly kind?: string
  readonly label?: string
  readonly owner?: string
}

/** Lists what is held. */
export function runContractsList(parts: CliParts, options: ContractsListOptions): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const { kind, label, owner } = options
    const filter = {
      ...(kind === undefined ? {} : { kind }),
      ...(label === undefined ? {} : { label }),
      ...(owner === undefined ? {} : { owner }),
    }
    const contracts: ContractSummary[] = []
    let cursor: string | undefined
    do {
      const at = cursor === undefined ? {} : { cursor }
      const page = await client.contracts({ ...filter, ...at, limit: 1_000 })
      contracts.push(...page.contracts)
      cursor = page.next
    } while (cursor !== undefined)
    if (options.json === true) parts.stdout.write(`${JSON.stringify({ contracts })}\n`)
    else for (const line of tableLines(contracts.map(contractRow))) parts.stdout.write(`${line}\n`)
    if (contracts.length === 0 && options.json !== true) {
      parts.stderr.write('The server holds no such contract. Next: rampart apply -f FOLDER\n')
    }
    return EXIT.yes
  })
}

/** Prints a document as YAML: the latest revision, or one of them. */
export function runContractsShow(
  parts: CliParts,
  called: string,
  options: Options & { readonly revision?: string },
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const { kind, name } = heldName(called)
    const digest = await digestOf(client, called, options.revision)
    const revision = await client.contract(kind, name, digest)
    const text =
      options.json === true ? `${JSON.stringify(revision)}\n` : stringify(revision.document)
    parts.stdout.write(text)
    return EXIT.yes
  })
}

/** Lists revisions, newest first. */
export function runContractsRevisions(
  parts: CliParts,
  called: string,
  options: Options,
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const revisions = await revisionsOf(client, called)
    if (options.json === true) parts.stdout.write(`${JSON.stringify({ revisions })}\n`)
    else for (const line of tableLines(revisions.map(revisionRow))) parts.stdout.write(`${line}\n`)
    return EXIT.yes
  })
}

/** Says what changes from one revision to another: the latest two when none is named. */
export function runContractsCompare(
  parts: CliParts,
  called: string,
  options: Options & { readonly from?: string; readonly to?: string },
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const { kind, name } = heldName(called)
    const to = await digestOf(client, called, options.to)
    const from = await digestOf(client, called, options.from ?? 'before')
    if (from === undefined) return only(parts, called)
    const compared = await client.compareRevisions(kind, name, {
      from,
      ...(to === undefined ? {} : { to }),
    })
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify(compared)}\n`)
      return EXIT.yes
    }
    const paint = paintFor(parts.stdout, parts.settings)
    const lines = [
      ...tableLines([revisionRow(compared.from), revisionRow(compared.to)]),
      '',
      ...compared.changes.flatMap((change) => changeLines(change, paint)),
      ...(compared.changes.length === 0 ? ['Nothing differs.'] : ['']),
      ...(compared.changes.length === 0 ? [] : consequenceLines(compared.consequences, paint)),
    ]
    parts.stdout.write(`${lines.join('\n')}\n`)
    return EXIT.yes
  })
}

function only(parts: CliParts, called: string): number {
  parts.stderr.write(`There is only one revision of ${called}, so nothing to compare it with.\n`)
  return EXIT.yes
}

async function revisionsOf(
  client: RampartClient,
  called: string,
): Promise<readonly RevisionSummary[]> {
  const { kind, name } = heldName(called)
  const revisions: RevisionSummary[] = []
  let cursor: string | undefined
  do {
    const at = cursor === undefined ? {} : { cursor }
    const page = await client.revisions(kind, name, { ...at, limit: 1_000 })
    revisions.push(...page.revisions)
    cursor = page.next
  } while (cursor !== undefined)
  return revisions
}

/** A digest, a beginning of one, or a number; undefined: the latest, or none before it. */
async function digestOf(
  client: RampartClient,
  called: string,
  revision: string | undefined,
): Promise<string | undefined> {
  if (revision === undefined) return undefined
  const revisions = await revisionsOf(client, called)
  if (revision === 'before') return revisions[1]?.digest
  const begin = revision.startsWith('sha256:') ? revision : `sha256:${revision}`
  const found = revisions.find(
    ({ number, digest }) => String(number) === revision || digest.startsWith(begin),
  )
  if (found !== undefined) return found.digest
  throw new Fault({
    code: 'contract-unknown',
    operation: 'find the revision',
    subject: called,
    hint: `${called} has no revision ${revision}; it has ${revisions.length}.`,
  })
}

function contractRow(contract: ContractSummary): readonly string[] {
  const { kind, name, number, digest, by, atMs, labels } = contract
  const words = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  return [
    `${kind}/${name}`,
    `revision ${number}`,
    digest.slice(0, 19),
    `by ${by}`,
    timeText(atMs),
    words.join(' '),
  ]
}

function revisionRow({ number, digest, by, atMs, why }: RevisionSummary): readonly string[] {
  return [String(number), digest.slice(0, 19), timeText(atMs), `by ${by}`, why ?? '']
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').slice(0, 19)
}
