/** Finding what is held, as far as whoever asks may see it, or saying that it is not there. */
import { Fault } from '../../core/fault/fault.ts'
import type { Digest } from '../../core/units/digest.ts'
import { type Asking, maySee } from '../access/add-access.ts'
import type { RevisionView } from '../wire/contracts.ts'
import type { ContractStore } from './contract-store.ts'
import { type ContractName, labelsOf, type Revisions } from './revisions.ts'

/** One revision, whole. @throws contract-unknown */
export async function heldRevision(
  store: ContractStore,
  { kind, name, digest }: ContractName & { readonly digest: Digest },
): Promise<RevisionView> {
  const revision = await store.revision({ kind, name }, digest)
  if (revision !== undefined) return revision
  throw unknown(`${kind}/${name}`, `${kind}/${name} has no revision ${digest}.`)
}

/** Whether whoever asks may see a contract. */
export function isSeen(request: Asking, held: Revisions): boolean {
  return maySee(request, { ...held, labels: labelsOf(held) }, 'contracts.read')
}

/** A contract that is held, and that whoever asks may see. @throws contract-unknown */
export async function findHeld(
  store: ContractStore,
  request: Asking,
  name: ContractName,
): Promise<Revisions> {
  const held = await store.get(name)
  if (held === undefined || !isSeen(request, held)) throw contractUnknown(name)
  return held
}

/** That nothing of the kind was ever proposed. */
export function proposalUnknown({
  kind,
  name,
  proposal,
}: ContractName & { readonly proposal: Digest }): Fault {
  const hint = `No proposal ${proposal} was ever made of ${kind}/${name}.`
  const subject = `${kind}/${name}`
  return new Fault({ code: 'proposal-unknown', operation: 'find the proposal', subject, hint })
}

/** That a contract is not held. */
export function contractUnknown({ kind, name }: ContractName): Fault {
  return unknown(`${kind}/${name}`, `The server holds no ${kind} called ${name}.`)
}

function unknown(subject: string, hint: string): Fault {
  return new Fault({ code: 'contract-unknown', operation: 'find the contract', subject, hint })
}
