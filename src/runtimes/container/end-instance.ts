/**
 * Ends an instance for certain: the signal to its first process, the grace, then SIGKILL; then the
 * container is removed, and it is looked whether the engine still has it or a port is still open. It is
 * asked once, also by an order that is given again.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { protocolOf } from '../../core/port/port-protocols.ts'
import type { Order } from '../../seams/actuator.ts'
import type { StartPorts } from '../placement/port-source.ts'
import { isPortFree } from '../placement/ports.ts'
import { graceLeftMs, readAsked, writeAsked } from '../subject/asked-to-end.ts'
import type { Engine } from './engine/engine.ts'
import type { Instance } from './instance.ts'
import { workspaceLabels } from './labels.ts'
import type { StopPolicy } from './record.ts'
import type { Watcher } from './watcher.ts'

/** After SIGKILL only a process stuck in the kernel stays; and how long its ports may linger. */
const KILL_MS = 5_000
const POLL_FIRST_MS = 5
const POLL_MOST_MS = 200

/** What ending needs. */
export interface EndNeeds {
  readonly engine: Engine
  readonly watcher: Watcher
  readonly nowMs: () => number
}

/** How to end it. */
export interface EndOptions {
  readonly policy: StopPolicy
  /** Who has it ended, and whether that is given up. */
  readonly order: Pick<Order, 'id' | 'signal'>
}

/** What ending came to. */
export interface EndResult {
  /** Whether the engine still has the container. */
  readonly isLeft: boolean
  readonly portsLeft: readonly number[]
  /** Whether SIGKILL was needed. */
  readonly forced: boolean
  /** Whether it was running at all. */
  readonly wasRunning: boolean
}

/**
 * Ends the instance; settles soon after the order's signal aborts, with what is then left.
 *
 * @throws EngineTrouble
 */
export async function endInstance(
  instance: Instance,
  options: EndOptions,
  needs: EndNeeds,
): Promise<EndResult> {
  const { signal } = options.order
  const { engine, watcher } = needs
  const facts = await watcher.settle(instance)
  const wasRunning = facts?.status === 'running'
  const forced = wasRunning ? await askToEnd(instance, options, needs) : false
  if (signal.aborted) return { isLeft: true, portsLeft: [], forced, wasRunning }
  if (facts !== undefined) await engine.remove(facts.id)
  await watcher.settle(instance)
  // It never came to be, and never will: whoever repeats the order is told so.
  await watcher.end(instance, { status: 'lost', endedAtMs: needs.nowMs() })
  const isLeft = (await engine.inspect(instance.record.container)) !== undefined
  const portsLeft = isLeft ? [] : await untilPortsFree(instance, signal)
  if (!isLeft) await removeNetworks(instance, engine)
  instance.isCleared = !isLeft && portsLeft.length === 0
  return { isLeft, portsLeft, forced, wasRunning }
}

/** @returns whether it had to be killed */
async function askToEnd(
  instance: Instance,
  { policy, order: { id: order, signal: gaveUp } }: EndOptions,
  needs: EndNeeds,
): Promise<boolean> {
  const container = instance.made ?? instance.record.container
  const { signal, graceMs } = policy
  if (signal !== 'SIGKILL') {
    const nowMs = needs.nowMs()
    const asked = readAsked(instance.path)
    const leftMs = graceLeftMs(asked, { order, graceMs, nowMs })
    if (asked?.signal !== signal) await needs.engine.kill(container, signal)
    writeAsked(instance.path, { order, signal, untilMs: nowMs + leftMs })
    await untilEnded(instance, { forMs: leftMs, signal: gaveUp }, needs)
  }
  if (instance.ended !== undefined || gaveUp.aborted) return false
  await needs.engine.kill(container, 'SIGKILL')
  await untilEnded(instance, { forMs: KILL_MS, signal: gaveUp }, needs)
  return true
}

/** The event of its end wakes it at once; looking again is for when events do not come. */
async function untilEnded(
  instance: Instance,
  { forMs, signal }: { readonly forMs: number; readonly signal: AbortSignal },
  { watcher }: EndNeeds,
): Promise<void> {
  const untilMs = performance.now() + forMs
  let pauseMs = POLL_FIRST_MS
  watcher.watch()
  while (instance.ended === undefined && !signal.aborted) {
    const leftMs = untilMs - performance.now()
    if (leftMs <= 0) return
    const awake = new AbortController()
    const wake = (): void => awake.abort()
    const unwatch = instance.onEnd(wake)
    signal.addEventListener('abort', wake, { once: true })
    // A wake-up rejects the pause; that is its purpose.
    const pause = delay(Math.min(pauseMs, leftMs), undefined, { signal: awake.signal })
    await pause.catch(() => undefined)
    signal.removeEventListener('abort', wake)
    unwatch()
    pauseMs = Math.min(pauseMs * 2, POLL_MOST_MS)
    if (instance.ended === undefined) await watcher.settle(instance)
  }
}

async function untilPortsFree(instance: Instance, signal: AbortSignal): Promise<readonly number[]> {
  const untilMs = performance.now() + KILL_MS
  const ports = instance.outsidePorts()
  let held = await heldOf(ports)
  while (held.length > 0 && performance.now() < untilMs && !signal.aborted) {
    await delay(POLL_FIRST_MS)
    held = await heldOf(ports)
  }
  return held
}

async function heldOf({ ports, protocols }: StartPorts): Promise<readonly number[]> {
  const held: number[] = []
  for (const [name, port] of Object.entries(ports)) {
    if (!(await isPortFree(port, protocolOf(protocols, name)))) held.push(port)
  }
  return held
}

/** Networks that were made for the workspace go with the last container in them. */
async function removeNetworks({ record }: Instance, engine: Engine): Promise<void> {
  const ours = Object.entries(workspaceLabels(record.workspace))
  for (const network of record.networks) {
    const labels = await engine.networkLabels(network)
    if (labels === undefined || !ours.every(([name, value]) => labels[name] === value)) continue
    await engine.removeNetwork(network)
  }
}
