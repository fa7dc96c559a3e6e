/** How a component is run and stopped, as it is written. */
import * as z from 'zod'
import { canonicalAddress } from '../../core/port/ip-text.ts'
import type { PortProtocol } from '../../core/port/port-claim.ts'
import { durationMs } from '../document/word-schemas.ts'
import {
  innerPort,
  type WrittenContainer,
  type WrittenExternal,
  writtenContainer,
  writtenExternal,
} from './written-container.ts'

/** What to run: exactly one of a command, a container and what somebody else runs. */
export interface WrittenRun {
  readonly command?: readonly string[]
  readonly container?: WrittenContainer
  readonly external?: WrittenExternal
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly inherit?: readonly string[]
  readonly oneShot?: boolean
  readonly ports?: Readonly<Record<string, WrittenPort>>
}

/** A port that is asked for. */
export interface WrittenPort {
  /** Where it listens inside its container. */
  readonly container?: number
  readonly protocol?: PortProtocol
  /** The machine's address that it listens on. */
  readonly address?: string
  /** Whether its process inherits the listening socket. */
  readonly inherit?: boolean
}

/** How to end it. */
export interface WrittenStop {
  readonly signal?: string
  readonly grace?: number
  readonly command?: readonly string[]
}

/** The variables a component inherits when its contract does not say which. */
export const INHERITED: readonly string[] = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR']

/** The signals that may ask a component to end. */
export const STOP_SIGNALS: readonly string[] = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGWINCH',
  'SIGKILL',
]

const text = z.string().refine((word) => !word.includes('\0'), 'text without a NUL character')

// Numbers are what people mean by `sleep 5`; fractions would lose their zeros (`1.10`).
const word = z.union([text, z.int().transform(String)])

const words = z
  .array(word, { error: 'a list of words, such as [node, server.ts]' })
  .min(1, 'at least the program to run')

const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable: letters, digits and _')

const portName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_]{0,30}$/,
    'the name of a port: letters, digits and _, a letter first, at most 31 characters',
  )

/** Everybody writes `auto` or a number once: the message says what is written instead. */
const writtenPort = z.strictObject(
  {
    container: innerPort.exactOptional(),
    protocol: z
      .enum(['tcp', 'udp'])
      .exactOptional()
      .describe('What is sent to it: connections of TCP, or datagrams of UDP.')
      .meta({ default: 'tcp' }),
    address: z
      .string()
      .refine(
        (text) => canonicalAddress(text) !== undefined,
        'a literal address, such as 127.0.0.2 or ::1',
      )
      .exactOptional()
      .describe('Address of the machine to listen on; all ports of a component name the same.')
      .meta({ default: '127.0.0.1' }),
    inherit: z
      .boolean()
      .exactOptional()
      .describe('Whether it inherits the listening socket (LISTEN_FDS), from descriptor 3 on.')
      .meta({ default: false }),
  },
  {
    error: (issue) =>
      issue.code === 'invalid_type'
        ? 'a mapping: {} for any free port, or { container: 80 } for one inside a container'
        : undefined,
  },
)

const RELATIVE = /^(?!\/)(?!.*\$\{)[^\0\\]+$/

/** The schema of `run`. */
export const writtenRun: z.ZodType<WrittenRun> = z.strictObject({
  command: words.exactOptional().describe('Program and arguments; no shell is involved.'),
  container: writtenContainer.exactOptional().describe('Container to run instead.'),
  external: writtenExternal
    .exactOptional()
    .describe('Where somebody else runs it, to be observed.'),
  cwd: z
    .string()
    .regex(RELATIVE, "a folder relative to the contract's own, such as services/api")
    .exactOptional()
    .describe("Folder to run in, relative to the contract's own.")
    .meta({ default: '.' }),
  env: z
    .record(variable, word, { error: 'a mapping, such as { LOG_LEVEL: info }' })
    .exactOptional()
    .describe('Variables to set; values may be templates.'),
  inherit: z
    .array(variable)
    .exactOptional()
    .describe('Variables taken over from the daemon; all others are unset.')
    .meta({ default: INHERITED }),
  oneShot: z
    .boolean()
    .exactOptional()
    .describe('Whether it ends by itself when its work is done, as a migration does.')
    .meta({ default: false }),
  ports: z
    .record(portName, writtenPort, {
      error: 'a mapping, such as { http: {} }',
    })
    .exactOptional()
    .describe('Ports by name, allocated free, given as PORT_<NAME> and self.ports.<name>.'),
})

/** The schema of `stop`. */
export const writtenStop: z.ZodType<WrittenStop> = z.strictObject({
  signal: z
    .enum(STOP_SIGNALS as [string, ...string[]])
    .exactOptional()
    .describe('First signal to its process group.')
    .meta({ default: 'SIGTERM' }),
  grace: durationMs()
    .exactOptional()
    .describe('How long it may take to end before it is killed.')
    .meta({ default: '10s' }),
  command: words.exactOptional().describe('Command that asks it to end, instead of a signal.'),
})
