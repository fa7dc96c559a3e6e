/** A contract as scopes speak of it, with the labels of the revision that the server holds. */
import type { ContractStore } from '../contracts/contract-store.ts'
import { labelsOf } from '../contracts/revisions.ts'
import type { Grant } from '../wire/access.ts'
import type { Resource } from './permissions.ts'

/** Whose labels, and who asks: nobody's are looked up for whom they make no difference. */
export async function resourceOf(
  store: ContractStore,
  { kind, name }: Resource,
  who: { readonly grants: readonly Grant[] },
): Promise<Resource> {
  if (!who.grants.some(({ scope }) => scope.labels !== undefined)) return { kind, name }
  const held = await store.get({ kind, name })
  return held === undefined ? { kind, name } : { kind, name, labels: labelsOf(held) }
}
