/** Customers who never pause: they ask for the products again and again, and count what they get. */
import { setTimeout as delay } from 'node:timers/promises'

/** How many there are at each address. */
const CUSTOMERS = 4

/** Between an answer and the next question, so that the shop's database has time for others. @unit ms */
const PAUSE_MS = 5

/** Nobody waits longer for an answer; one that never came is one that was lost. @unit ms */
const PATIENCE_MS = 10_000

/** What customers were given. */
export interface Served {
  readonly requests: number
  /** Refused, cut off, or answered with something else than products. */
  readonly failed: number
  /** Answers by the release that gave them. */
  readonly releases: Readonly<Record<string, number>>
}

/** Sends them. @returns sends them home, and tells what they were given */
export function sendCustomers(addresses: readonly string[]): () => Promise<Served> {
  const releases: Record<string, number> = {}
  let [requests, failed, isOver] = [0, 0, false]
  const shop = async (address: string): Promise<void> => {
    while (!isOver) {
      requests += 1
      try {
        const signal = AbortSignal.timeout(PATIENCE_MS)
        const response = await fetch(new URL('/products', address), { signal })
        const products = (await response.json()) as readonly unknown[]
        const release = response.headers.get('x-shop-release') ?? 'unknown'
        if (response.ok && products.length > 0) releases[release] = (releases[release] ?? 0) + 1
        else failed += 1
      } catch {
        // Counted, and told at the end: that is what they are sent for.
        failed += 1
      }
      await delay(PAUSE_MS)
    }
  }
  const all = addresses.flatMap((address) => Array.from({ length: CUSTOMERS }, () => shop(address)))
  return async () => {
    isOver = true
    await Promise.all(all)
    return { requests, failed, releases }
  }
}
