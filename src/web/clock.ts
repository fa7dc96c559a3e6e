/**
 * The page's clock: the server's time as far as it is known, so that deadlines are counted by the clock
 * that set them. The only file of the dashboard that asks the machine for the time.
 */
import { useSyncExternalStore } from 'react'

/** How often what shows an age is drawn again. @unit ms */
const STEP_MS = 1_000

let aheadMs = 0
let shownMs = Date.now()
let timer: number | undefined
const listeners = new Set<() => void>()

/** Takes over the server's time. Less than two seconds apart is the network's doing and is left alone. */
export function followServerTime(serverMs: number): void {
  const foundMs = serverMs - Date.now()
  if (Math.abs(foundMs - aheadMs) > 2_000) aheadMs = foundMs
}

/** The time now, by the server's clock. */
export function nowMs(): number {
  return Date.now() + aheadMs
}

/** The time, redrawn every second, for ages and deadlines. */
export function useNowMs(): number {
  return useSyncExternalStore(subscribe, () => shownMs)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    shownMs = nowMs()
    timer = window.setInterval(step, STEP_MS)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    window.clearInterval(timer)
    timer = undefined
  }
}

function step(): void {
  shownMs = nowMs()
  for (const listener of listeners) listener()
}
