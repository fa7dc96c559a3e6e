/**
 * Sockets that a command inherits, opened where its ports are let go of: it is spawned by this very
 * process, whose terminal it keeps. Each port is listened on where a command that is told its number
 * would listen, at the first of its addresses.
 */
import { listenVariables, withListenPid } from '../core/port/listen-variables.ts'
import type { SystemSockets } from '../seams/system-sockets.ts'
import type { PortLease } from '../server/wire/ports.ts'

interface Opened {
  readonly fd: number
  readonly name: string
}

/** Sockets on their way to a command. */
export class InheritedSockets {
  readonly #sockets: SystemSockets
  readonly #opened: Opened[] = []

  constructor(sockets: SystemSockets) {
    this.#sockets = sockets
  }

  /** Opens it. @returns why not, as a sentence, when the system refuses */
  open({ claim, owner }: Pick<PortLease, 'claim' | 'owner'>): string | undefined {
    const [address = '127.0.0.1'] = claim.addresses
    const outcome = this.#sockets.open({ ...claim, address })
    if ('error' in outcome) {
      return `${address} port ${claim.port} cannot be listened on: ${outcome.error}.`
    }
    this.#opened.push({ fd: outcome.fd, name: owner.port })
    return undefined
  }

  /** They become the descriptors from 3 on, in this order. */
  get descriptors(): readonly number[] {
    return this.#opened.map(({ fd }) => fd)
  }

  get variables(): Readonly<Record<string, string>> {
    return listenVariables(this.#opened)
  }

  /** The command, so that it is told that they are for it. */
  wrap(command: readonly string[]): readonly string[] {
    return withListenPid(command)
  }

  /** Whoever inherited them keeps them. Idempotent. */
  close(): void {
    for (const { fd } of this.#opened.splice(0)) this.#sockets.close(fd)
  }
}
