/**
 * The seam to ownership: which replica moves which subject. A subject is what only one ramp may move
 * at a time (`Environment/shop`); whoever holds its lease runs all of its ramps. Leases are taken within
 * a life of their replica, which alone expires and is renewed: a thousand leases cost as much as one.
 */

/** The right of one replica to move one subject, for as long as the life lasts in which it was taken. */
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
  /** How long a life lasts when nobody renews it, by the store's own clock. @unit ms */
  readonly lifetimeMs: number
  /**
   * Begins a life. Whatever was taken in the one before is held no more from this instant on, also
   * what was on its way.
   *
   * @throws store-unavailable; whether the life before has ended is then unknown
   */
  begin(): Promise<void>
  /**
   * Makes the life, and with it every lease, last for another lifetime from now.
   *
   * @returns false when it is over or none was begun: others may have anything by now
   * @throws store-unavailable; whether it was renewed is then unknown
   */
  renew(): Promise<boolean>
  /**
   * Takes the lease of a subject when nobody holds it, or the life of whoever did is over. One that was
   * taken in this life is given again, with the same token. It lasts no longer than the life does.
   *
   * @returns undefined while another replica holds it, and when this life is over
   * @throws store-unavailable; whether it was taken is then unknown
   */
  take(subject: string): Promise<Lease | undefined>
  /** Gives a lease back. Quiet when it was lost already. */
  release(lease: Lease): Promise<void>
  /** Ends the life, so that nothing is held any more. Quiet when there is none. */
  end(): Promise<void>
  /** Who holds a subject now; undefined when nobody does. */
  holder(subject: string): Promise<Lease | undefined>
  /** Every lease that is held now, by whomever; in no order. */
  holders(): Promise<readonly Lease[]>
  /** Idempotent; releases nothing. */
  close(): Promise<void>
}
