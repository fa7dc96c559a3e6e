/**
 * Opens a TCP connection to the first address of a name that answers. Addresses are raced: the next
 * one is tried at once when one fails, and after a short head start otherwise, so that an address
 * that swallows packets does not hide one that works (RFC 8305). `localhost` always means both
 * 127.0.0.1 and ::1, whatever the hosts file says (RFC 6761).
 */
import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'
import type { ConnectionFailure, FailedAddress } from './connection-failure.ts'

/** How long an address is tried before the next one is tried beside it. @unit ms */
const HEAD_START_MS = 150

/** The version of the Internet Protocol. */
export type AddressFamily = 'ipv4' | 'ipv6'

/** An open connection. */
export interface OpenConnection {
  readonly opened: true
  /** Owned by the caller from now on. */
  readonly socket: Socket
  readonly address: string
  readonly family: AddressFamily
  /** Addresses of the same name that had failed by then. */
  readonly failed: readonly FailedAddress[]
}

/** Where to connect to. */
export interface Destination {
  readonly host: string
  readonly port: number
}

/** One address of a name. */
export interface Address {
  readonly address: string
  readonly family: AddressFamily
}

/** Connects, or says why not. Settles at once when the signal aborts, leaving nothing open. */
export async function openConnection(
  destination: Destination,
  signal: AbortSignal,
): Promise<OpenConnection | ConnectionFailure> {
  const found = await resolveAddresses(destination.host, signal)
  if (!Array.isArray(found)) return { opened: false, code: found.code, failed: [] }
  return await raceAddresses(found, destination.port, signal)
}

/** Looks up every address of a name, or says why there is none. */
export async function resolveAddresses(
  host: string,
  signal: AbortSignal,
): Promise<Address[] | { readonly code: string }> {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  if (isIP(bare) !== 0) return [{ address: bare, family: familyOf(isIP(bare)) }]
  if (bare === 'localhost' || bare.endsWith('.localhost')) {
    return [
      { address: '127.0.0.1', family: 'ipv4' },
      { address: '::1', family: 'ipv6' },
    ]
  }
  try {
    const answers = await abortable(lookup(bare, { all: true }), signal)
    if (answers === undefined) return { code: 'ABORTED' }
    return answers.map(({ address, family }) => ({ address, family: familyOf(family) }))
  } catch (thrown) {
    return { code: codeOf(thrown) }
  }
}

function raceAddresses(
  addresses: readonly Address[],
  port: number,
  signal: AbortSignal,
): Promise<OpenConnection | ConnectionFailure> {
  return new Promise((resolve) => {
    const sockets = new Set<Socket>()
    const failed: FailedAddress[] = []
    let next = 0
    let headStart: NodeJS.Timeout | undefined

    const settle = (outcome: OpenConnection | ConnectionFailure): void => {
      clearTimeout(headStart)
      signal.removeEventListener('abort', abort)
      for (const socket of sockets) socket.destroy()
      resolve(outcome)
    }
    const abort = (): void => settle({ opened: false, code: 'ABORTED', failed })
    const tryNext = (): void => {
      clearTimeout(headStart)
      const target = addresses[next]
      if (target === undefined) return
      next += 1
      if (next < addresses.length) headStart = setTimeout(tryNext, HEAD_START_MS)
      const socket = connect({ host: target.address, port, noDelay: true })
      sockets.add(socket)
      socket.once('connect', () => {
        sockets.delete(socket)
        socket.removeAllListeners('error')
        settle({ opened: true, socket, ...target, failed: [...failed] })
      })
      socket.once('error', (error) => {
        sockets.delete(socket)
        failed.push({ ...target, code: codeOf(error) })
        if (failed.length === addresses.length) {
          settle({ opened: false, code: mostTelling(failed), failed })
        } else tryNext()
      })
    }

    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    if (addresses.length === 0) settle({ opened: false, code: 'ENOTFOUND', failed })
    else tryNext()
  })
}

/** A refusal says more than an address family that this machine does not have. */
function mostTelling(failed: readonly FailedAddress[]): string {
  const refused = failed.find(({ code }) => code === 'ECONNREFUSED')
  return (refused ?? failed[0])?.code ?? 'ENOTFOUND'
}

/** The value, or undefined as soon as the signal aborts; what comes later is dropped. */
async function abortable<Value>(
  promise: Promise<Value>,
  signal: AbortSignal,
): Promise<Value | undefined> {
  if (signal.aborted) {
    promise.catch(() => 'A failed look-up that nobody waits for any more is of no interest.')
    return undefined
  }
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>()
  const abort = (): void => resolve(undefined)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function familyOf(version: number): AddressFamily {
  return version === 6 ? 'ipv6' : 'ipv4'
}

function codeOf(thrown: unknown): string {
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : 'UNKNOWN'
}
