/**
 * The seam to ownership: which replica moves which subject. A subject is what only one ramp may move
 * at a time (`Environment/shop`); whoever holds its lease runs all of its ramps.
 */

/** The right of one replica to move one subject, until it expires. */
export interface Lease {
  readonly subject: string
  /** The replica that holds it: a name for one life of its process, never used again by the next. */
  readonly owner: string
  /**
   * The fencing token: greater than that of every earlier lease of the same subject, whoever held it.
   * An append that carries a lower one is refused.
   */
  readonly token: number
}

/** Gives out leases. Every adapter passes test/conformance/leases. */
export interface Leases {
  /** How long a lease lasts when nobody renews it, by the store's own clock. @unit ms */
  readonly lifetimeMs: number
  /**
   * Takes the lease of a subject when nobody holds it, or whoever did let it expire. One that this
   * replica holds already is given again, renewed, with the same token.
   *
   * @returns undefined while another replica holds it
   * @throws store-unavailable
   */
  take(subject: string): Promise<Lease | undefined>
  /**
   * Renews leases. One that is not among those returned is lost: somebody else may have it.
   *
   * @throws store-unavailable; whether they were renewed is then unknown
   */
  renew(leases: readonly Lease[]): Promise<readonly Lease[]>
  /** Gives a lease back. Quiet when it was lost already. */
  release(lease: Lease): Promise<void>
  /** Who holds a subject now; undefined when nobody does. */
  holder(subject: string): Promise<Lease | undefined>
  /** Every lease that is held now, by whomever; in no order. */
  holders(): Promise<readonly Lease[]>
  /** Idempotent; releases nothing. */
  close(): Promise<void>
}
