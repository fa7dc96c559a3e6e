/** Fronts that a proxy carries which Rampart does not run: where it is told, and where it is reached. */
import { printServicePort } from './port-owner.ts'

/** A proxy, with all that is needed to find it again. */
export type FrontCarrier =
  | {
      readonly plane: 'haproxy'
      /** Its runtime socket, of the level `admin`. */
      readonly socket: string
      /** The backend whose servers are Rampart's, all of them. */
      readonly backend: string
    }
  | {
      readonly plane: 'nginx'
      /** Its main configuration. */
      readonly config: string
      /** Where its master writes its number. */
      readonly pid: string
      /** The file that its `upstream` includes, every line of which is Rampart's. */
      readonly servers: string
    }
  | {
      readonly plane: 'envoy'
      /** Its admin door: an address with a port, or the path of a socket. */
      readonly admin: string
      /** The cluster whose endpoints are Rampart's, all of them. */
      readonly cluster: string
      /** The file from which that cluster takes its endpoints. */
      readonly endpoints: string
    }

/** A front of a service's port; what listens there is the proxy's. */
export interface CarriedFront {
  readonly service: string
  /** Which of its ports. */
  readonly port: string
  /** Where clients reach the proxy: a literal address, and a number. */
  readonly host: string
  readonly number: number
  readonly carrier: FrontCarrier
  /** The ramp that opened it. */
  readonly ramp?: string
}

/** The fronts that are carried so, as the ledger tells. */
export class CarriedFronts {
  readonly #fronts: Map<string, CarriedFront>

  constructor(fronts: readonly CarriedFront[] = []) {
    this.#fronts = new Map(fronts.map((front) => [printServicePort(front), front]))
  }

  /** It is open from now on, in the place of what was known of it. */
  open(front: CarriedFront): void {
    this.#fronts.set(printServicePort(front), front)
  }

  /** There is none any more. */
  close(front: Pick<CarriedFront, 'service' | 'port'>): void {
    this.#fronts.delete(printServicePort(front))
  }

  /** All of them, in the order in which they were opened. */
  all(): readonly CarriedFront[] {
    return [...this.#fronts.values()]
  }
}

/** Whether two are told by the same words: each such place is one front's alone. */
export function isSameCarrier(one: FrontCarrier, other: FrontCarrier): boolean {
  return placeOf(one) === placeOf(other)
}

function placeOf(carrier: FrontCarrier): string {
  if (carrier.plane === 'haproxy') return `haproxy ${carrier.socket} ${carrier.backend}`
  if (carrier.plane === 'nginx') return `nginx ${carrier.servers}`
  return `envoy ${carrier.endpoints}`
}

/** A carrier for people: `backend api of HAProxy at /run/haproxy.sock`. */
export function printCarrier(carrier: FrontCarrier): string {
  if (carrier.plane === 'nginx') return `nginx, by ${carrier.servers}`
  if (carrier.plane === 'envoy') {
    return `Envoy, by its cluster ${carrier.cluster} and ${carrier.endpoints}`
  }
  return `HAProxy, by its backend ${carrier.backend} at ${carrier.socket}`
}
