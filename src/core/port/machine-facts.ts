/**
 * What a machine is like where ports are concerned, and what each system is like unless it says
 * otherwise. Facts alone; what they object to is said in objections.ts.
 */

/** The systems that are known. */
export type PortSystem = 'linux' | 'macos' | 'windows'

/** Some ports; both ends are part of it. */
export interface PortSpan {
  readonly first: number
  readonly last: number
}

/** One machine. */
export interface MachineFacts {
  readonly system: PortSystem
  /** From which the kernel takes ports for outgoing connections. @source ip_local_port_range */
  readonly ephemeral: PortSpan
  /** Which of them it leaves alone. @source ip_local_reserved_ports */
  readonly kept: readonly PortSpan[]
  /** From which on everybody may listen. @source ip_unprivileged_port_start */
  readonly unprivilegedFrom: number
  /** Whether Rampart may listen below that. */
  readonly mayBindPrivileged: boolean
  /** Ports that the system gives to nobody, for example Windows' excluded blocks. */
  readonly excluded: readonly PortSpan[]
  /** Literal addresses of the machine. */
  readonly addresses: readonly string[]
}

/** From which each system takes ports for outgoing connections, unless it was told otherwise. */
export const USUAL_EPHEMERAL: Readonly<Record<PortSystem, PortSpan>> = {
  linux: { first: 32_768, last: 60_999 },
  macos: { first: 49_152, last: 65_535 },
  windows: { first: 49_152, last: 65_535 },
}

/** Ports that a part of the system itself listens on, and which part that is. */
export const USUAL_OCCUPANTS: Readonly<Record<PortSystem, Readonly<Record<number, string>>>> = {
  linux: {},
  macos: { 5000: 'AirPlay Receiver', 7000: 'AirPlay Receiver' },
  windows: { 5357: 'Web Services for Devices' },
}

/** Where ports begin that everybody may listen on, unless the machine was told otherwise. */
export const PRIVILEGED_BELOW = 1_024

/** Whether two spans have a port in common. */
function spansOverlap(one: PortSpan, other: PortSpan): boolean {
  return one.first <= other.last && other.first <= one.last
}

/** The ports of both. */
export function commonSpan(one: PortSpan, other: PortSpan): PortSpan | undefined {
  if (!spansOverlap(one, other)) return undefined
  return { first: Math.max(one.first, other.first), last: Math.min(one.last, other.last) }
}

/** What is left of a span without others, in order. */
export function spanWithout(span: PortSpan, others: readonly PortSpan[]): readonly PortSpan[] {
  let rest: readonly PortSpan[] = [span]
  for (const other of others) {
    rest = rest.flatMap((one) => {
      if (!spansOverlap(one, other)) return [one]
      const before = { first: one.first, last: other.first - 1 }
      const after = { first: other.last + 1, last: one.last }
      return [before, after].filter(({ first, last }) => first <= last)
    })
  }
  return rest
}

/** `21000-21999`, or `20443`. */
export function printSpan({ first, last }: PortSpan): string {
  return first === last ? String(first) : `${first}-${last}`
}
