/**
 * The variables a component is started with: what it inherits by name, what its contract sets, its
 * ports, and the marks by which its processes can be found again. Nothing else leaks.
 */
import { hostBetween } from '../../core/port/ip-text.ts'

const PORT_PLACEHOLDER = /\$\{self\.ports\.([A-Za-z0-9_-]+)\}/g
const HOST_PLACEHOLDER = /\$\{self\.host\}/g

/** Where a component will listen. */
export interface Placement {
  readonly host: string
  /** Whether its contract names the host: then it is told, as `HOST`. */
  readonly isNamed?: boolean
  readonly ports: Readonly<Record<string, number>>
}

/** What the variables are made of. */
export interface VariableSources {
  readonly inherit: readonly string[]
  /** Where inherited values are taken from. */
  readonly settings: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  readonly placement: Placement
  /** Where it may speak of itself, by systemd's protocol. */
  readonly notify?:
    | { readonly socket: string; readonly watchdogMs?: number | undefined }
    | undefined
  readonly marks: {
    readonly instance: string
    readonly subject: string
    readonly workspace: string
  }
}

/**
 * Builds the variables; later sources win: inherited, ports, the contract's own, the notify socket,
 * the marks.
 */
export function buildVariables(sources: VariableSources): Record<string, string> {
  const { placement, notify, marks } = sources
  const variables: Record<string, string> = {}
  for (const name of sources.inherit) {
    const value = sources.settings[name]
    if (value !== undefined) variables[name] = value
  }
  const ports = Object.entries(placement.ports)
  for (const [name, port] of ports) {
    variables[`PORT_${name.toUpperCase().replaceAll('-', '_')}`] = String(port)
    if (ports.length === 1) variables['PORT'] = String(port)
  }
  if (placement.isNamed === true) variables['HOST'] = placement.host
  for (const [name, value] of Object.entries(sources.env)) {
    variables[name] = substitute(value, placement)
  }
  if (notify !== undefined) {
    variables['NOTIFY_SOCKET'] = notify.socket
    const { watchdogMs } = notify
    if (watchdogMs !== undefined) variables['WATCHDOG_USEC'] = String(watchdogMs * 1_000)
  }
  variables['RAMPART_INSTANCE'] = marks.instance
  variables['RAMPART_SUBJECT'] = marks.subject
  variables['RAMPART_WORKSPACE'] = marks.workspace
  return variables
}

/** Replaces `${self.host}` and `${self.ports.NAME}`; an unknown port is left as it stands. */
export function substitute(text: string, placement: Placement): string {
  return text
    .replaceAll(PORT_PLACEHOLDER, (whole, name: string) =>
      Object.hasOwn(placement.ports, name) ? String(placement.ports[name]) : whole,
    )
    .replaceAll(HOST_PLACEHOLDER, (whole: string, at: number, all: string) =>
      hostBetween(all.slice(0, at), placement.host, all.slice(at + whole.length)),
    )
}

/** The first `${self.ports.NAME}` whose port is not declared. */
export function findUnknownPort(
  texts: readonly string[],
  ports: Readonly<Record<string, unknown>>,
): string | undefined {
  for (const text of texts) {
    for (const [, name = ''] of text.matchAll(PORT_PLACEHOLDER)) {
      if (!Object.hasOwn(ports, name)) return name
    }
  }
  return undefined
}
