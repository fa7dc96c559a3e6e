/** Where runtimes take the ports of what they start from. */
import type { ProcessIdentity } from '../../core/port/port-lease.ts'
import type { PortProtocols } from '../../core/port/port-protocols.ts'
import type { Heir, HeirRequest, PublishedContainer } from '../../seams/port-broker.ts'

/** Ports that are wanted for one start. */
export interface PortRequest {
  /** Whose they are: the same subject gets the same ports again, if they can be had. */
  readonly subject: string
  /** The start alone that they are for; absent: any start of the subject, one at a time. */
  readonly start?: string
  /** With `start`: those that run beside it. What another one had must be proved free of it before. */
  readonly beside?: readonly string[]
  readonly names: readonly string[]
  /** Of those that are not of TCP. @default none */
  readonly protocols?: PortProtocols | undefined
  /** Those of the names whose sockets are inherited, in the order of their descriptors. @default none */
  readonly inherited?: readonly string[]
  /** Those of `inherited` that starts which run beside it inherit as well. @default none */
  readonly shared?: readonly string[]
  /** The machine's address that they are for; absent: as whoever gives them sees fit. */
  readonly address?: string
  /** The ports the subject had the last time. */
  readonly previous: Readonly<Record<string, number>>
  /** What whoever asks is called: their own name, those of their groups and roles. @default nobody */
  readonly by?: readonly string[] | undefined
  /** Ports that belong to running instances, whether they listen already or not. */
  readonly taken: ReadonlySet<number>
}

/** The ports that one start was given. */
export interface StartPorts {
  readonly subject: string
  readonly ports: Readonly<Record<string, number>>
  /** Of those that are not of TCP. @default none */
  readonly protocols?: PortProtocols | undefined
}

/** A container that has ports. */
export interface PublishingContainer extends Omit<PublishedContainer, 'port'> {
  /** Where its program listens, by name; absent: in the machine's own network. */
  readonly inside?: Readonly<Record<string, number>> | undefined
}

/** Ports that were found; nobody else is given them until they are released. */
export interface PortReservation {
  readonly ports: Readonly<Record<string, number>>
  /** The address of the machine that they are for. @default as was asked for, else 127.0.0.1 */
  readonly host?: string
  /** The start is over, well or not; what a process was said to have stays. Idempotent. */
  release(): void
}

/** A process that is to inherit the sockets of ports that were reserved so. */
export interface InheritingStart extends Omit<HeirRequest, 'leases'>, StartPorts {
  /** Their names, in the order of their descriptors. */
  readonly inherited: readonly string[]
  /** Those of them that another start may have already. */
  readonly shared: readonly string[]
}

/** There are none; the sentence says who is in the way, for people. */
export interface NoPorts {
  /** @default no-free-port */
  readonly reason?: string
  readonly sentence: string
}

/** Gives ports to starts, never the same one to two. */
export interface PortSource {
  /** Ports for every name, or for none. */
  reserve(request: PortRequest): Promise<PortReservation | NoPorts>
  /**
   * Something of the subject is to listen on these ports in the next moment: nothing of ours holds them
   * any more when it resolves, but what it inherits. The reservation's release holds them again, should nothing come of it.
   */
  letGo(start: StartPorts): Promise<void>
  /**
   * Has a process started that inherits what is held; `took` follows. Nothing lets go of the sockets.
   *
   * @throws ports-unavailable when something of it is not held any more, or the system refused
   */
  inherit(start: InheritingStart): Promise<Heir>
  /** A process of the subject has these ports now. Idempotent. */
  took(start: StartPorts, process: ProcessIdentity): void
  /** Those who have what this process shares with them give way to it: it is who has that from now on. */
  giveWay(subject: string, process: ProcessIdentity): Promise<void>
  /** How long one that gives way may take to finish, as a contract in force says. @unit ms */
  finishMs(subject: string): number | undefined
  /** A process of the subject has ended, asked to or not; absent: which one is not known. */
  died(subject: string, process?: ProcessIdentity): void
  /** An engine publishes these ports for a container of the subject now. Idempotent. */
  published(start: StartPorts, container: PublishingContainer): void
  /** Nothing of the subject runs any more. */
  ended(subject: string): void
}
