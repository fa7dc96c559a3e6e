/** Finding one revision of a held contract, or saying that there is none. */
import { Fault } from '../../core/fault/fault.ts'
import type { Digest } from '../../core/units/digest.ts'
import type { RevisionView } from '../wire/contracts.ts'
import type { ContractStore } from './contract-store.ts'
import type { ContractName } from './revisions.ts'

/** One revision, whole. @throws contract-unknown */
export async function heldRevision(
  store: ContractStore,
  { kind, name, digest }: ContractName & { readonly digest: Digest },
): Promise<RevisionView> {
  const revision = await store.revision({ kind, name }, digest)
  if (revision !== undefined) return revision
  throw unknown(`${kind}/${name}`, `${kind}/${name} has no revision ${digest}.`)
}

/** That a contract is not held. */
export function contractUnknown({ kind, name }: ContractName): Fault {
  return unknown(`${kind}/${name}`, `The server holds no ${kind} called ${name}.`)
}

function unknown(subject: string, hint: string): Fault {
  return new Fault({ code: 'contract-unknown', operation: 'find the contract', subject, hint })
}
