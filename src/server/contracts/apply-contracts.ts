/**
 * Applying contracts: everything is understood, allowed and as expected before the first revision is
 * added. A ramp under way is never changed by it; that stays on the revision it began with. What touches
 * what others own is only proposed to them.
 */
import { formatIssue } from '../../contracts/document/format-issue.ts'
import { partUses } from '../../contracts/environment/part.ts'
import type { AnyContract } from '../../contracts/index.ts'
import { Fault } from '../../core/fault/fault.ts'
import type { TouchedOwner } from '../../core/plan/owner.ts'
import type { JsonObject } from '../../core/units/json.ts'
import type { Resource } from '../access/permissions.ts'
import type { Precondition } from '../precondition.ts'
import type {
  AppliedContract,
  ApplyReply,
  ApplyRequest,
  ContractUse,
  Expectation,
} from '../wire/contracts.ts'
import { etagOf } from '../wire/etags.ts'
import { compareHeld } from './compare-revisions.ts'
import type { Amended, ContractStore } from './contract-store.ts'
import { unendedProposal } from './proposal.ts'
import { type FindDocument, readDocuments } from './read-documents.ts'
import { labelsOf, latestOf, type Revisions } from './revisions.ts'
import { wordsWanted } from './words-wanted.ts'

/** What an application needs to know of the rest of the server. */
export interface ApplyParts {
  readonly store: ContractStore
  /** Ramps of a contract under way. */
  rampsUnderWay(kind: string, name: string): Promise<readonly string[]>
}

/** What is asked for. */
export interface Application extends ApplyRequest {
  /** What whoever applies has seen of the one contract. */
  readonly precondition?: Precondition | undefined
}

/** By whom, and whether they may. */
export interface Applicant {
  readonly by: string
  /** @throws forbidden */
  assertMay(resource: Resource): void
  /** What may not be seen is neither used nor told of. */
  maySee(resource: Resource): boolean
  /** Whether they are an owner of that name themselves. */
  isOwner(owner: string, resource: Resource): boolean
}

/**
 * Applies contracts, or says what that would do.
 *
 * @throws contract-invalid with every issue, when it is no dry run
 * @throws forbidden when one of them may not be amended by whoever asks; nothing was
 * @throws precondition-failed when one is not as expected; those before it may have been amended, if it
 *   was changed in the very moment
 */
export async function applyContracts(
  parts: ApplyParts,
  request: Application,
  applicant: Applicant,
): Promise<ApplyReply> {
  const { store } = parts
  const dryRun = request.dryRun === true
  const isSeen = (held: Revisions): boolean =>
    applicant.maySee({ kind: held.kind, name: held.name, labels: labelsOf(held) })
  const find: FindDocument = (digest) => store.document(digest, isSeen)
  const { contracts, issues } = await readDocuments(request, find)
  if (issues.length > 0) {
    if (dryRun) return { dryRun, contracts: [], issues }
    throw invalid(issues.map((issue) => formatIssue(issue)))
  }
  const steps = contracts.map((contract) => stepOf(contract, request, applicant))
  // All are looked at before the first is touched.
  for (const step of steps) step.check(await store.get(step.contract))
  const applied: AppliedContract[] = []
  const uses = usesOnceApplied((await store.list()).filter(isSeen), contracts)
  for (const { contract, check } of steps) {
    const foreseen = await foresee(parts, contract, uses, applicant)
    if (dryRun) {
      applied.push(foreseen)
      continue
    }
    const { kind, name, digest, document } = contract
    const amendment = { kind, name, digest, document: document as JsonObject, check }
    const why = request.why === undefined ? {} : { why: request.why }
    const wordsFor = (held: Revisions): readonly TouchedOwner[] =>
      wordsWanted(held, contract, applicant)
    const amended = await store.amend({ ...amendment, ...why, wordsFor, by: applicant.by })
    applied.push({ ...foreseen, ...outcomeOf(amended) })
  }
  return { dryRun, contracts: applied }
}

interface Step {
  readonly contract: AnyContract
  check(held: Revisions | undefined): void
}

function stepOf(
  contract: AnyContract,
  { expects = [], precondition }: Application,
  who: Applicant,
): Step {
  const { kind, name, labels } = contract
  const expected = expects.filter((one) => one.kind === kind && one.name === name)
  const check = (held: Revisions | undefined): void => {
    // Neither may somebody take a contract out of another's hands, nor put one into them.
    if (held !== undefined) who.assertMay({ kind, name, labels: labelsOf(held) })
    who.assertMay({ kind, name, labels })
    const deed = { operation: 'apply the contract', subject: `${kind}/${name}` }
    precondition?.check(held && etagOf(latestOf(held).digest), deed)
    for (const one of expected) checkExpected(one, held)
  }
  return { contract, check }
}

function checkExpected(expected: Expectation, held: Revisions | undefined): void {
  const latest = held === undefined ? undefined : latestOf(held)
  if ((latest?.digest ?? null) === expected.digest) return
  const { kind, name } = expected
  const hint =
    latest === undefined
      ? `${kind}/${name} is not held, but a revision of it was expected.`
      : `${kind}/${name} is ${latest.digest} by ${latest.by} now, which is not what was expected.`
  const code = 'precondition-failed'
  throw new Fault({ code, operation: 'apply the contract', subject: `${kind}/${name}`, hint })
}

/** What it has become by now, whatever was foreseen. */
function outcomeOf({ outcome, held }: Amended): Partial<AppliedContract> {
  const proposal = unendedProposal(held.proposals)
  if (outcome !== 'proposed' || proposal === undefined) return { outcome }
  return { outcome, owners: proposal.owners, proposal: proposal.proposal }
}

async function foresee(
  parts: ApplyParts,
  contract: AnyContract,
  uses: readonly ContractUse[],
  applicant: Applicant,
): Promise<AppliedContract> {
  const { kind, name, digest } = contract
  const held = await parts.store.get(contract)
  const touches = await parts.rampsUnderWay(kind, name)
  if (held === undefined) {
    const usedBy = uses.filter(({ revision }) => revision === digest)
    const nothing = { changes: [], consequences: [], touches, usedBy }
    return { kind, name, digest, outcome: 'created', ...nothing }
  }
  const digests = [digest, ...held.revisions.map((revision) => revision.digest)]
  const usedBy = uses.filter(({ revision }) => digests.includes(revision))
  const common = { kind, name, digest, touches, usedBy }
  const { digest: replaces } = latestOf(held)
  if (replaces === digest) {
    return { ...common, outcome: 'unchanged', changes: [], consequences: [] }
  }
  const difference = compareHeld(held.document, contract.document as JsonObject)
  const owners = wordsWanted(held, contract, applicant)
  if (owners.length === 0) return { ...common, outcome: 'amended', replaces, ...difference }
  return { ...common, outcome: 'proposed', replaces, ...difference, owners }
}

/** Which contract uses which, those that are applied in what they are about to be. */
function usesOnceApplied(
  all: readonly Revisions[],
  contracts: readonly AnyContract[],
): readonly ContractUse[] {
  const isApplied = (held: Revisions): boolean =>
    contracts.some(({ kind, name }) => kind === held.kind && name === held.name)
  const others = all.filter((held) => !isApplied(held))
  return [...others, ...contracts].flatMap(usesIn)
}

function usesIn(
  whole: Pick<AnyContract, 'name' | 'document'> & { readonly kind: string },
): readonly ContractUse[] {
  const { kind, name, document } = whole
  return partUses(document).flatMap(({ name: component, revision, owner }) => {
    if (revision === undefined) return []
    const owned = owner === undefined ? {} : { owner }
    return [{ kind, name, component, revision: revision as ContractUse['revision'], ...owned }]
  })
}

function invalid(lines: readonly string[]): Fault {
  return new Fault({
    code: 'contract-invalid',
    operation: 'apply the contracts',
    subject: 'contracts',
    hint: lines.join('\n'),
  })
}
