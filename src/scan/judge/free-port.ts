/** A port to take instead: near, claimed by nobody, and none that something else speaks against. */
import { BROWSER_BLOCKED } from '../../core/port/browser-blocked.ts'
import type { PortSpan } from '../../core/port/machine-facts.ts'
import type { FoundPort } from '../found/found-port.ts'

const FARTHEST = 200

/** Which ports are taken, of all scopes that are no container's own. */
export class TakenPorts {
  readonly #taken = new Set<number>()
  readonly #ephemeral: PortSpan | undefined

  constructor(ports: readonly FoundPort[], ephemeral?: PortSpan) {
    this.#ephemeral = ephemeral
    for (const { first, last, scope, stance } of ports) {
      if (stance !== 'claim' || scope.startsWith('network ')) continue
      for (let port = first; port <= Math.min(last, first + 1_000); port += 1) this.#taken.add(port)
    }
  }

  /** The next free one above a port; undefined when there is none near. */
  freeAbove(port: number, within: PortSpan = { first: 1_024, last: 65_535 }): number | undefined {
    const from = Math.max(port + 1, within.first)
    for (let one = from; one <= Math.min(from + FARTHEST, within.last); one += 1) {
      if (this.#isFit(one)) return one
    }
    return undefined
  }

  #isFit(port: number): boolean {
    if (this.#taken.has(port) || BROWSER_BLOCKED.includes(port)) return false
    const outgoing = this.#ephemeral
    return outgoing === undefined || port < outgoing.first || port > outgoing.last
  }
}
