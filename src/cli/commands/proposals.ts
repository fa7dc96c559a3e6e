/**
 * `rampart contracts proposals|approve|reject`: amendments that wait for the word of owners. An answer is
 * always to the very proposal that was shown or named; never to whatever is open by the time it arrives.
 */
import { Fault } from '../../core/fault/fault.ts'
import type { Digest } from '../../core/units/digest.ts'
import { allPages } from '../../server/client/all-pages.ts'
import type { HeldName, RampartClient } from '../../server/client/client.ts'
import type { AnswerProposal, ProposalView } from '../../server/wire/proposals.ts'
import type { CliParts } from '../cli-parts.ts'
import { heldName } from '../contract-name.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { tableLines } from '../views/columns.ts'
import { paintFor } from '../views/paint.ts'
import { answeredLine, proposalLines, proposalRow } from '../views/proposal-lines.ts'
import { withDaemon } from '../workspace.ts'

type Options = JsonOption & WorkspaceOption

/** What an answer may be told. */
export type AnswerOptions = Options & {
  /** The proposal that was seen, or the beginning of its digest. @default the open one, once shown */
  readonly proposal?: string
  /** Owners in whose name; counts only at the socket of one's own machine. */
  readonly as?: readonly string[]
  readonly why?: string
}

/** What is answered how. */
export interface Answer {
  readonly say: 'approve' | 'reject'
  readonly called: string
}

/** Lists what waits, that which waits longest first; of one contract: everything, newest first. */
export function runProposals(
  parts: CliParts,
  called: string | undefined,
  options: Options,
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const of = called === undefined ? undefined : heldName(called)
    const proposals = await allProposals(client, of)
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify({ proposals })}\n`)
      return EXIT.yes
    }
    for (const line of tableLines(proposals.map(proposalRow))) parts.stdout.write(`${line}\n`)
    if (proposals.length === 0) {
      const what = called === undefined ? 'Nothing waits' : `Nothing of ${called} ever waited`
      parts.stderr.write(`${what} for the word of an owner.\n`)
    }
    const open = proposals.filter(({ status }) => status === 'open')
    for (const { kind, name, mayApprove, whyNot } of open) {
      const next = `Next: rampart contracts approve ${kind}/${name}`
      parts.stderr.write(`${mayApprove ? next : `${kind}/${name}: ${whyNot ?? 'not for you.'}`}\n`)
    }
    return EXIT.yes
  })
}

/** Answers the proposal that was named; else shows the open one, and asks. */
export function runAnswer(
  parts: CliParts,
  { say, called }: Answer,
  options: AnswerOptions,
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const of = heldName(called)
    const { proposal: meant, etag } = await meantProposal(client, of, options.proposal)
    if (options.proposal === undefined) {
      const refusal = await refusalOf(parts, client, { of, say, proposal: meant, options })
      if (refusal !== undefined) return refusal
    }
    const { as, why } = options
    const answer: AnswerProposal = {
      ...{ say, by: parts.user },
      ...(as === undefined ? {} : { as }),
      ...(why === undefined ? {} : { why }),
    }
    const { proposal, refusal } = await client.answerProposal(of, meant, answer, etag)
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify({ proposal, refusal: refusal ?? null })}\n`)
    } else if (refusal === undefined) {
      parts.stderr.write(`${answeredLine(proposal)}\n`)
    } else {
      const next = `  Next: rampart contracts proposals ${of.kind}/${of.name}\n`
      parts.stderr.write(`rampart: ${of.kind}/${of.name}: ${refusal.sentence}\n${next}`)
    }
    return refusal === undefined ? EXIT.yes : EXIT.no
  })
}

interface Asked {
  readonly of: HeldName
  readonly say: Answer['say']
  readonly proposal: Digest
  readonly options: AnswerOptions
}

/** Shows what is to be answered. The exit code of whoever does not answer it; undefined: go on. */
async function refusalOf(
  parts: CliParts,
  client: RampartClient,
  { of, say, proposal, options }: Asked,
): Promise<number | undefined> {
  const detail = await client.proposal(of, proposal)
  const paint = paintFor(parts.stdout, parts.settings)
  if (options.json !== true) parts.stdout.write(`${proposalLines(detail, paint).join('\n')}\n`)
  const as = (options.as ?? []).map((owner) => ` --as ${owner}`).join('')
  const next = `  Next: rampart contracts ${say} ${of.kind}/${of.name} --proposal ${proposal}${as}\n`
  if (parts.ask === undefined || options.json === true) {
    parts.stderr.write(`rampart: Nothing was answered, since there is nobody to ask.\n${next}`)
    return EXIT.usage
  }
  const verb = say === 'approve' ? 'Approve' : 'Reject'
  const answer = await parts.ask(`${verb} this? Only yes is taken for yes: `)
  if (answer?.trim() === 'yes') return undefined
  parts.stderr.write(`Nothing was answered.\n${next}`)
  return EXIT.no
}

/** A proposal of the contract by the beginning of its digest; else the one that is open. */
async function meantProposal(
  client: RampartClient,
  of: HeldName,
  named: string | undefined,
): Promise<ProposalView> {
  const proposals = await allProposals(client, of)
  const begin = named?.startsWith('sha256:') === false ? `sha256:${named}` : named
  const found = proposals.filter(({ status, proposal }) =>
    begin === undefined ? status === 'open' : proposal.startsWith(begin),
  )
  const [only, another] = found
  if (only !== undefined && another === undefined) return only
  throw notMeant(of, named, found.length)
}

function notMeant({ kind, name }: HeldName, named: string | undefined, count: number): Fault {
  const subject = `${kind}/${name}`
  const hint =
    named === undefined
      ? `No amendment of ${subject} waits for the word of an owner.`
      : `${count === 0 ? 'No proposal' : `${count} proposals`} of ${subject} begin with ${named}; exactly one is expected.`
  return new Fault({ code: 'proposal-unknown', operation: 'find the proposal', subject, hint })
}

async function allProposals(
  client: RampartClient,
  of: HeldName | undefined,
): Promise<readonly ProposalView[]> {
  const pages = await allPages((cursor) =>
    client.proposals(of, { ...(cursor === undefined ? {} : { cursor }), limit: 500 }),
  )
  return pages.flatMap(({ proposals }) => proposals)
}
