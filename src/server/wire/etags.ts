/** ETags as they travel: what somebody has seen of a thing, to be sent back as `If-Match` with a change. */
import type { PortLease } from '../../core/port/port-lease.ts'
import { digestOf } from '../../core/units/digest.ts'
import type { Json } from '../../core/units/json.ts'

/**
 * A strong ETag.
 *
 * @param version of a ramp: the sequence of its last entry; of a contract: the digest of its revision
 */
export function etagOf(version: number | string): string {
  return `"${version}"`
}

/** The ETag of a lease: every change of it is another one. */
export function leaseEtag(lease: PortLease): string {
  return etagOf(digestOf(lease as unknown as Json))
}
