/** What a service is called itself, and what a contract calls it besides: the first goes before. */
import type { Endpoint } from '../../seams/endpoints.ts'

/** Those under their own names; if there are none, the others. */
export function ownFirst<One extends Pick<Endpoint, 'aliasOf'>>(
  all: readonly One[],
): readonly One[] {
  const own = all.filter(isOwn)
  return own.length > 0 ? own : all
}

/** Whether it is told of by its own name. */
export function isOwn({ aliasOf }: Pick<Endpoint, 'aliasOf'>): boolean {
  return aliasOf === undefined
}

/** The same by its own name. */
export function byOwnName<One extends Pick<Endpoint, 'service' | 'aliasOf'>>(one: One): One {
  const { aliasOf, ...words } = one
  return aliasOf === undefined ? one : ({ ...words, service: aliasOf } as One)
}
