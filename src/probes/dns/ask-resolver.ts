/**
 * Asks one resolver one question, past the hosts file and every cache of this machine. Every asking
 * has a resolver of its own, so that no earlier answer and no open socket is left.
 */
import { Resolver } from 'node:dns/promises'
import { elapsedMs } from '../answer/answer.ts'
import { type DnsInput, normalizeRecord, type RecordType } from './dns-input.ts'

/** What one resolver said. */
export interface Resolution {
  /** Its address, or `system`. */
  readonly resolver: string
  readonly latencyMs: number
  /** Sorted; empty when it failed. */
  readonly records: readonly string[]
  /** The longest of the records. @unit ms */
  readonly ttlMs?: number
  /** Why there are no records: `ENOTFOUND`, `ENODATA`, `ETIMEOUT`, `ABORTED`, … */
  readonly code?: string
}

/** How long a packet is waited for before it is sent again. @unit ms */
const RESEND_MS = 800
const TRIES = 4

/** Asks; never rejects. Settles at once when the signal aborts. */
export async function askResolver(
  resolverAddress: string | undefined,
  input: DnsInput,
  signal: AbortSignal,
): Promise<Resolution> {
  const asked = { resolver: resolverAddress ?? 'system' }
  const startedMs = performance.now()
  const resolver = new Resolver({ timeout: RESEND_MS, tries: TRIES })
  const cancel = (): void => resolver.cancel()
  try {
    if (resolverAddress !== undefined) resolver.setServers([resolverAddress])
    if (signal.aborted) return { ...asked, latencyMs: 0, records: [], code: 'ABORTED' }
    signal.addEventListener('abort', cancel, { once: true })
    const { records, ttlMs } = await lookUp(resolver, input.name, input.type)
    const normal = records.map((record) => normalizeRecord(input.type, record))
    return {
      ...asked,
      latencyMs: elapsedMs(startedMs, performance.now()),
      records: [...new Set(normal)].sort(),
      ...(ttlMs === undefined ? {} : { ttlMs }),
    }
  } catch (thrown) {
    const latencyMs = elapsedMs(startedMs, performance.now())
    return { ...asked, latencyMs, records: [], code: signal.aborted ? 'ABORTED' : codeOf(thrown) }
  } finally {
    signal.removeEventListener('abort', cancel)
    resolver.cancel()
  }
}

interface LookedUp {
  readonly records: readonly string[]
  readonly ttlMs?: number
}

async function lookUp(resolver: Resolver, name: string, type: RecordType): Promise<LookedUp> {
  switch (type) {
    case 'A':
      return withTtl(await resolver.resolve4(name, { ttl: true }))
    case 'AAAA':
      return withTtl(await resolver.resolve6(name, { ttl: true }))
    case 'CNAME':
      return { records: await resolver.resolveCname(name) }
    case 'NS':
      return { records: await resolver.resolveNs(name) }
    case 'TXT':
      return { records: (await resolver.resolveTxt(name)).map((pieces) => pieces.join('')) }
    case 'MX': {
      const records = await resolver.resolveMx(name)
      return { records: records.map(({ priority, exchange }) => `${priority} ${exchange}`) }
    }
    case 'SRV': {
      const records = await resolver.resolveSrv(name)
      return {
        records: records.map((one) => `${one.priority} ${one.weight} ${one.port} ${one.name}`),
      }
    }
  }
}

function withTtl(records: readonly { readonly address: string; readonly ttl: number }[]): LookedUp {
  return {
    records: records.map(({ address }) => address),
    ttlMs: Math.max(...records.map(({ ttl }) => ttl)) * 1_000,
  }
}

function codeOf(thrown: unknown): string {
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : 'UNKNOWN'
}
