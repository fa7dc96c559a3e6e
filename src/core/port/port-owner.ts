/** Whose a port is: when two owners are the same, and how people are told of one. */
import type { PortOwner } from './port-lease.ts'

/** What each word of an owner may be: it appears in discovery, in variables and in DNS. */
export const OWNER_WORD: RegExp = /^[A-Za-z0-9](?:[A-Za-z0-9_./-]{0,198}[A-Za-z0-9])?$/

/** The whole owner as one text: equal texts are the same claim, made again. */
export function ownerKey(owner: PortOwner): string {
  return JSON.stringify([servingKey(owner), owner.instance ?? null])
}

/**
 * What is served: equal for every instance of one service's port. Whoever still has old knowledge of
 * a port finds the same thing behind it.
 */
export function servingKey(owner: PortOwner): string {
  const { environment, tenant, scope, service, port } = owner
  return JSON.stringify([environment ?? null, tenant ?? null, scope ?? null, service, port])
}

/** The environment that it names, else that of its component: `shop` of `shop/api`. */
export function environmentOf({ environment, service }: PortOwner): string | undefined {
  if (environment !== undefined) return environment
  const end = service.indexOf('/')
  return end === -1 ? undefined : service.slice(0, end)
}

/** The owner for people: `shop/api http (instance 2, environment staging)`. */
export function printOwner(owner: PortOwner): string {
  const words = [
    ['instance', owner.instance],
    ['environment', owner.environment],
    ['tenant', owner.tenant],
    ['scope', owner.scope],
  ].filter(([, value]) => value !== undefined)
  const more = words.map(([word, value]) => `${word} ${value}`).join(', ')
  return `${owner.service} ${owner.port}${more === '' ? '' : ` (${more})`}`
}

/** A service's port in one word, as contracts write it: `shop/api/http`. */
export function printServicePort({ service, port }: Pick<PortOwner, 'service' | 'port'>): string {
  return `${service}/${port}`
}

/** Which start an instance is, as the owners of its ports say it: `3` of `shop/api#3`. */
export function startOfInstance(instance: string): string {
  return instance.slice(instance.lastIndexOf('#') + 1)
}
