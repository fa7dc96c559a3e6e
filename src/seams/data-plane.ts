/** The seam to what carries traffic to owners of ports: four of them, one order of moving it. */

/** One owner of a port, as a target of traffic. */
export interface Backend {
  /** Unique among those of its front: the lease's id. */
  readonly id: string
  /** A literal address. */
  readonly address: string
  readonly port: number
}

/** A backend as a data plane has it. */
export interface RoutedBackend extends Backend {
  readonly state: 'routed' | 'draining'
}

/**
 * Carries traffic from a front (a stable name, for example `shop/api/http`) to backends. Every call is
 * idempotent, so that a command may be repeated after a crash.
 */
export interface DataPlane {
  /** For example `forwarder`, `haproxy`. */
  readonly name: string
  /** New requests may go to it from now on. Resolves once that is so. @throws data-plane-failed */
  route(front: string, backend: Backend): Promise<void>
  /** Nothing new goes to it from now on; what is under way goes on. @throws data-plane-failed */
  drain(front: string, backend: Backend): Promise<void>
  /**
   * How many requests (connections, where it cannot look into them) are under way there; undefined
   * when it cannot tell.
   */
  inFlight(front: string, backend: Backend): Promise<number | undefined>
  /** Forgets it; whatever is still under way is cut off. @throws data-plane-failed */
  remove(front: string, backend: Backend): Promise<void>
  /**
   * Nobody serves: clients that come from now on wait for as long as its own settings say, instead of
   * being turned away at once. `route` ends that, and so does `false`. Absent: it lets them wait by
   * itself, or cannot. @throws data-plane-failed
   */
  letWait?(front: string, isWaiting: boolean): Promise<void>
  /** What it has now, by its own word and not by what it was told. */
  backends(front: string): Promise<readonly RoutedBackend[]>
}
