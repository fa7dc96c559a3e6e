/** The ramps that a request may be about: those whose contracts whoever asks may see, and no others. */
import { type Asking, assertMay, whoAsks } from '../access/add-access.ts'
import { isWhole, mayDo } from '../access/permissions.ts'
import { resourceOf } from '../access/ramp-resource.ts'
import type { Api } from '../api.ts'
import { type IsSeen, unknownRamp } from '../ramp-index.ts'

/** Whether whoever asks may see a ramp; undefined: they may see every one. */
export function seenBy(request: Asking, { store }: Pick<Api, 'store'>): IsSeen | undefined {
  const who = whoAsks(request)
  if (who.grants.some(({ role, scope }) => role !== 'agent' && isWhole(scope))) return undefined
  return async ({ contract }) => mayDo(who, 'ramps.read', await resourceOf(store, contract, who))
}

/**
 * The id of the ramp that is meant, once it is known that whoever asks may do there what the route is
 * for.
 *
 * @throws ramp-unknown, ramp-ambiguous
 * @throws forbidden when they may see it, but not do that
 */
export async function rampMeant(
  request: Asking & { readonly params: { readonly ramp: string } },
  { index, store }: Pick<Api, 'index' | 'store'>,
): Promise<string> {
  const { ramp: called } = request.params
  const ramp = await index.find(called, seenBy(request, { store }))
  const { plan } = await index.state(ramp)
  const resource = await resourceOf(store, plan.contract, whoAsks(request))
  assertMay(request, resource, () => unknownRamp(called))
  return ramp
}
