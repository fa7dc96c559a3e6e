/**
 * Opening a ramp of a contract that the server holds: finding the revision that is meant, and saying
 * what cannot be run without the folder that the contract came from.
 */
import type { AnyContract } from '../../contracts/index.ts'
import { Fault } from '../../core/fault/fault.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { Json } from '../../core/units/json.ts'
import type { HeldReference } from '../wire/contracts.ts'
import type { ContractStore } from './contract-store.ts'
import { contractUnknown, heldRevision } from './held-revision.ts'
import { revisionOf } from './revisions.ts'
import { type PossibleOwner, wordsWanted } from './words-wanted.ts'

/** What templates say where the contract's own folder is meant. */
const DIRECTORY = '${run.directory'

/** The document of a reference, or the document itself. @throws contract-unknown */
export async function documentMeant(
  store: ContractStore,
  contract: Json | HeldReference,
): Promise<Json> {
  if (!isReference(contract)) return contract as Json
  const { digest } = contract
  if (digest !== undefined) return (await heldRevision(store, { ...contract, digest })).document
  const held = await store.get(contract)
  if (held === undefined) throw contractUnknown(contract)
  return held.document
}

/**
 * Asserts that what was sent whole is held, or touches nothing that others own: what waits for their
 * word is not run before they have given it.
 *
 * @throws owner-unasked naming whose word it takes
 */
export async function assertAgreed(
  store: ContractStore,
  contract: AnyContract,
  who: PossibleOwner,
): Promise<void> {
  const held = await store.get(contract)
  if (held === undefined || revisionOf(held, contract.digest) !== undefined) return
  const wanted = wordsWanted(held, contract, who)
  if (wanted.length === 0) return
  const { kind, name, digest } = contract
  const owners = wanted.map(({ owner, places }) => `${owner} (${places.join(', ')})`)
  throw new Fault({
    code: 'owner-unasked',
    operation: 'open the ramp',
    subject: `${kind}/${name}`,
    hint: `The server holds no revision ${digest} of it, which takes the word of ${owners.join(', ')}.`,
  })
}

/** Whether a contract is named rather than written out. */
export function isReference(contract: Json | HeldReference): contract is HeldReference {
  const isObject = typeof contract === 'object' && contract !== null && !Array.isArray(contract)
  return isObject && 'name' in contract && !('apiVersion' in contract) && !('spec' in contract)
}

/**
 * Asserts that a plan can be run without the folder its contract came from.
 *
 * @throws directory-missing naming the stages that run or read something there
 */
export function assertPlaced(plan: Plan, directory: string | undefined): void {
  if (directory !== undefined) return
  const stages = plan.stages.filter((stage) => JSON.stringify(stage).includes(DIRECTORY))
  if (stages.length === 0) return
  const names = stages.map(({ name }) => name)
  const acts = names.length === 1 ? 'runs or reads' : 'run or read'
  const few = names.length > 5 ? [...names.slice(0, 5), `${names.length - 5} more`] : names
  throw new Fault({
    code: 'directory-missing',
    operation: 'open the ramp',
    subject: plan.contract.name,
    hint:
      `${few.join(', ')} of ${plan.contract.name} ${acts} files of the contract's own folder, ` +
      'which was not said; the server holds the contract, but not the files beside it.',
  })
}
