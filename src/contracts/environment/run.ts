/** What a component runs, understood: a process, a container, or something that is none of ours. */
import { type PortProtocols, protocolsIn } from '../../core/port/port-protocols.ts'
import type { WrittenContainer, WrittenExternal } from './written-container.ts'
import { INHERITED, type WrittenRun } from './written-run.ts'

/** What to run. Without `container` and `external` it is a process. */
export interface Run {
  /** Empty for what is no process. */
  readonly command: readonly string[]
  /** Relative to the contract's folder. @default '.' */
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Variables taken over from the daemon. @default PATH, HOME, LANG, TZ, TMPDIR; of a container none */
  readonly inherit: readonly string[]
  /** @default false */
  readonly oneShot: boolean
  /** Names of its ports, in the order of their names. */
  readonly ports: readonly string[]
  /** Of those that are not of TCP; absent: all are. */
  readonly protocols?: PortProtocols
  /** Those of them whose listening sockets it inherits, in the same order; absent: none. */
  readonly inheritedPorts?: readonly string[]
  /** Those whose sockets all of its starts accept on, and inherit; absent: none. */
  readonly sharedPorts?: readonly string[]
  /** The machine's address that they are listened on, and it is reached by. @default '127.0.0.1' */
  readonly address?: string
  readonly container?: ContainerRun
  readonly external?: ExternalRun
  /** Present where a condition asks what the process says of itself. */
  readonly notify?: { readonly watchdogMs?: number }
}

/** A container to run. */
export interface ContainerRun {
  readonly image: string
  /** @default false */
  readonly allowTag: boolean
  /** @default 'missing' */
  readonly pull: 'missing' | 'never'
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly cwd?: string
  readonly user?: string
  readonly networks: readonly string[]
  readonly mounts: readonly {
    readonly source: string
    readonly target: string
    readonly access: 'read' | 'write'
  }[]
  /** Where it listens inside, by name; the same as outside where the contract does not say. */
  readonly inner: Readonly<Record<string, number>>
}

/** Where somebody else runs it; values may be templates. */
export interface ExternalRun {
  readonly host: string
  readonly ports: Readonly<Record<string, string | number>>
}

/** The runtime that carries out the commands of a component. */
export function actuatorOf(run: Run | undefined): 'process' | 'container' | 'external' {
  if (run?.container !== undefined) return 'container'
  return run?.external === undefined ? 'process' : 'external'
}

/** A run with its defaults. */
export function runOf(written: WrittenRun): Run {
  const { container, external, command = [], ports = {} } = written
  const names = Object.keys(external?.ports ?? ports).sort()
  return {
    command,
    cwd: written.cwd ?? '.',
    env: sorted(written.env ?? {}),
    inherit: written.inherit ?? (container === undefined ? INHERITED : []),
    oneShot: written.oneShot ?? false,
    ports: names,
    ...protocolsIn(ports),
    ...inheritedOf(ports),
    ...addressOf(ports),
    ...(container === undefined ? {} : { container: containerOf(container, ports) }),
    ...(external === undefined ? {} : { external: externalOf(external) }),
  }
}

function containerOf(
  written: WrittenContainer,
  ports: NonNullable<WrittenRun['ports']>,
): ContainerRun {
  const { image, allowTag = false, pull = 'missing', networks = [], mounts = [] } = written
  const { entrypoint, command, cwd, user } = written
  const inner = Object.entries(ports).flatMap(([name, { container }]): [string, number][] =>
    container === undefined ? [] : [[name, container]],
  )
  return {
    image,
    allowTag,
    pull,
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(command === undefined ? {} : { command }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(user === undefined ? {} : { user }),
    networks,
    mounts: mounts.map(({ source, target, access = 'read' }) => ({ source, target, access })),
    inner: sorted(Object.fromEntries(inner)),
  }
}

function inheritedOf(ports: NonNullable<WrittenRun['ports']>): Pick<Run, 'inheritedPorts'> {
  const names = Object.keys(ports).filter((name) => ports[name]?.inherit === true)
  return names.length === 0 ? {} : { inheritedPorts: names.sort() }
}

/** That of all its ports. */
function addressOf(ports: NonNullable<WrittenRun['ports']>): Pick<Run, 'address'> {
  const address = Object.values(ports).find((port) => port.address !== undefined)?.address
  return address === undefined ? {} : { address }
}

function externalOf({ host, ports = {} }: WrittenExternal): ExternalRun {
  return { host, ports: sorted(ports) }
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
