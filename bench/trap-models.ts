/**
 * Tools that cannot be run here, as models of their published algorithms: the same program, and a
 * poller that asks it as the tool would. What a model answers is labelled as such, everywhere.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import type { SetTrap } from '../test/traps/set-trap.ts'
import type { Claim } from '../test/traps/trap.ts'
import { endGroup, type Walk } from './trap-walks.ts'

/** How a tool polls. */
export interface Polling {
  /** From starting the program until the first look. @unit ms */
  readonly firstMs: number
  /** From one look to the next. @unit ms */
  readonly periodMs: number
  /** After a look, what passed is acted upon only at the next multiple of this; 0: at once. @unit ms */
  readonly tickMs: number
  /** How long one look may take. @unit ms */
  readonly timeoutMs: number
  readonly redirect: 'follow' | 'manual'
  isGood(status: number): boolean
  /** Whether the end of the program is a failure, as it is for a container. */
  readonly endFails: boolean
}

/** A walk into traps by polling; the first good answer counts, as these tools document it. */
export function modelWalk(polling: Polling, limitMs: number): Walk {
  return async (set) => {
    const [program = '', ...words] = set.command
    const env = { ...process.env, ...set.env }
    const child = spawn(program, words, { detached: true, stdio: 'ignore', env })
    try {
      return await poll(set, child, { polling, limitMs })
    } finally {
      await endGroup(child)
    }
  }
}

async function poll(
  set: SetTrap,
  child: ChildProcess,
  { polling, limitMs }: { readonly polling: Polling; readonly limitMs: number },
): Promise<Claim> {
  const beganMs = performance.now()
  const { firstMs, periodMs, tickMs } = polling
  for (let atMs = firstMs; atMs < limitMs; ) {
    await until(beganMs + atMs)
    if (polling.endFails && child.exitCode !== null) break
    const isGood = await look(set, polling)
    const sinceMs = performance.now() - beganMs
    // A look that took longer than the pause delays the next one.
    atMs = Math.max(atMs + periodMs, sinceMs)
    if (!isGood) continue
    if (tickMs > 0) await until(beganMs + Math.ceil(sinceMs / tickMs) * tickMs)
    return { is: 'ready', atMs: Date.now() }
  }
  return { is: 'failed', atMs: Date.now() }
}

async function look({ trap, place }: SetTrap, polling: Polling): Promise<boolean> {
  const resource = trap.resource.replace('<port>', place.port)
  if (resource.startsWith('tcp:')) return await accepts(Number(place.port), polling.timeoutMs)
  const signal = AbortSignal.timeout(polling.timeoutMs)
  try {
    const response = await fetch(resource, { signal, redirect: polling.redirect })
    await response.text()
    return polling.isGood(response.status)
  } catch {
    // Refused, reset or too slow: to these tools each is just not healthy.
    return false
  }
}

function accepts(port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: timeoutMs })
    const answer = (is: boolean) => (): void => {
      socket.destroy()
      resolve(is)
    }
    socket.on('connect', answer(true)).on('error', answer(false)).on('timeout', answer(false))
  })
}

function until(atMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - performance.now())))
}
