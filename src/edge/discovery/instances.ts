/**
 * One process that listens on both loopback addresses is two endpoints, and one target: who scrapes,
 * balances or counts must meet it once.
 */
import { printHostPort } from '../../core/port/ip-text.ts'
import type { Endpoint } from '../../seams/endpoints.ts'

/** The endpoints with one address each: of IPv4 where there is one. */
export function oneAddressEach(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const chosen = new Map<string, Endpoint>()
  for (const one of endpoints) {
    const key = [one.service, one.port, one.instance, one.environment, one.tenant, one.scope]
      .concat(one.protocol, String(one.number), placeOf(one.address))
      .join('\0')
    const before = chosen.get(key)
    if (before === undefined || (before.address.includes(':') && !one.address.includes(':')))
      chosen.set(key, one)
  }
  return [...chosen.values()]
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function printTarget(endpoint: Pick<Endpoint, 'address' | 'number'>): string {
  return printHostPort(endpoint.address, endpoint.number)
}

/** Only the loopback addresses are known to be the same machine's. */
function placeOf(address: string): string {
  return address === '::1' || address === '127.0.0.1' ? 'loopback' : address
}
