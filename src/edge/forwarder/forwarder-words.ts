/**
 * What daemons and a forwarder process say to each other: framed JSON over a Unix socket. The first
 * word of a forwarder tells its version; of another version nothing else is believed.
 */
import { isIP } from 'node:net'
import { z } from 'zod'
import type { Backend, RoutedBackend } from '../../seams/data-plane.ts'
import type { Access } from './access.ts'
import type { FrontCounts, FrontDefinition } from './front.ts'

/** Raised by one with every change that an older or a newer side would not understand. */
export const FORWARDER_VERSION = 1

/** How long one thing that is said may be, and how much of a kind there may be. */
const NAME_MAX = 200
const MANY = 10_000

/** So many that what is told of all of them fits into one message. */
const BACKENDS_MAX = 1_000

const name = z.string().min(1).max(NAME_MAX)
const address = z.string().refine((text) => isIP(text) !== 0, 'is not a literal address')
const port = z.int().min(1).max(65_535)
const words = z.array(name).max(MANY)
const file = z.string().startsWith('/').max(4_096)

const backend = z.strictObject({ id: name, address, port })
const routedBackend = backend.extend({ state: z.enum(['routed', 'draining']) })

const definition = z.strictObject({
  name,
  mode: z.enum(['tcp', 'http']),
  addresses: z.array(address).min(1).max(64),
  port,
  waitMs: z.int().min(0).max(3_600_000).optional(),
  waitingMax: z.int().min(0).max(1_000_000).optional(),
  tls: z.strictObject({ certificate: file, key: file, clientCa: file.optional() }).optional(),
})

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)])

const client = z.strictObject({
  service: name,
  users: z.array(z.int().min(0)).max(MANY),
  mtls: words,
  tokens: z.array(digest).max(MANY),
  networks: words,
  labels: z.record(z.string(), z.string()).optional(),
  namespace: name.optional(),
})

const policy = z.strictObject({
  contract: name.optional(),
  digest: digest.optional(),
  rules: z.array(z.strictObject({ from: words, to: words, ports: words.optional() })).max(MANY),
  clients: z.array(client).max(MANY),
})

const identity = z.strictObject({ pid: z.int().min(1), started: name, bootId: name })

const access = z.strictObject({
  policies: z.array(policy).max(MANY),
  processes: z.array(identity.extend({ service: name })).max(MANY),
  prober: identity.optional(),
})

const request = z.int().min(0)

const question = z.discriminatedUnion('do', [
  /** Opens a front as it is wanted, or makes one that is open so. */
  z.strictObject({
    do: z.literal('open'),
    request,
    definition,
    backends: z.array(routedBackend).max(BACKENDS_MAX),
    access,
  }),
  z.strictObject({ do: z.literal('route'), request, front: name, backend }),
  z.strictObject({ do: z.literal('drain'), request, front: name, backend }),
  z.strictObject({ do: z.literal('remove'), request, front: name, backend }),
  z.strictObject({ do: z.literal('access'), request, access }),
  z.strictObject({ do: z.literal('look'), request }),
  z.strictObject({ do: z.literal('close'), request, front: name }),
])

/** What a daemon says; each has one answer. */
export type ForwarderHears = { readonly request: number } & (
  | {
      readonly do: 'open'
      readonly definition: FrontDefinition
      readonly backends: readonly RoutedBackend[]
      readonly access: Access
    }
  | {
      readonly do: 'route' | 'drain' | 'remove'
      readonly front: string
      readonly backend: Backend
    }
  | { readonly do: 'access'; readonly access: Access }
  | { readonly do: 'look' }
  | { readonly do: 'close'; readonly front: string }
)

/** A front as a forwarder has it. */
export interface FrontLook {
  readonly definition: FrontDefinition
  readonly counts: FrontCounts
  /** Why clients were not let in, the latest last; bounded. */
  readonly refusals: readonly string[]
}

/** Something about a front that the daemon's log is to tell. */
export interface ForwarderNote {
  readonly says: 'noted'
  readonly front: string
  readonly sentence: string
  /** For that it lets nobody in, until another word of it comes. */
  readonly isShut?: true
}

/** What a forwarder says; `hello` comes first, what has no request of its own accord. */
export type ForwarderSays =
  | { readonly says: 'hello'; readonly version: number; readonly pid: number }
  | { readonly says: 'done'; readonly request: number }
  | { readonly says: 'look'; readonly request: number; readonly fronts: readonly FrontLook[] }
  | { readonly says: 'refused'; readonly request: number; readonly hint: string }
  | {
      readonly says: 'denied'
      readonly front: string
      readonly sentence: string
      readonly count: number
    }
  /** An older daemon passes it over. */
  | ForwarderNote
  /** A newer daemon has connected; this one is listened to no more. */
  | { readonly says: 'replaced' }

/** What a daemon said, or what is wrong with it. */
export function parseQuestion(
  message: unknown,
): { readonly question: ForwarderHears } | { readonly request: number; readonly hint: string } {
  const parsed = question.safeParse(message)
  // What zod gives has `| undefined` where a field may be absent; no such value comes out of JSON.
  if (parsed.success) return { question: parsed.data as ForwarderHears }
  const number = z.object({ request }).safeParse(message)
  const hint = z.prettifyError(parsed.error)
  return { request: number.data?.request ?? 0, hint }
}

const hello = z.object({ says: z.literal('hello'), version: z.int(), pid: z.int().min(1) })

/** The first word of a forwarder of any version; undefined when it is none. */
export function parseHello(
  message: unknown,
): { readonly version: number; readonly pid: number } | undefined {
  return hello.safeParse(message).data
}
