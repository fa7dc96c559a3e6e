/**
 * What a component has said of itself by systemd's notification protocol, folded into one state. It is
 * kept as `notify.json` in the instance's folder, so that a daemon that takes over knows it as well.
 *
 * @source sd_notify(3)
 */
import type { JsonObject } from '../../../core/units/json.ts'

/** Everything that has been said so far. */
export interface NotifyState {
  /** `READY=1`, and not `RELOADING=1` since. */
  readonly ready: boolean
  readonly readyAtMs?: number
  readonly reloading: boolean
  readonly stopping: boolean
  /** `STATUS=`, cut to 500 characters. */
  readonly status?: string
  /** `ERRNO=` */
  readonly errno?: number
  /** `MAINPID=` */
  readonly mainPid?: number
  /** The last `WATCHDOG=1`. */
  readonly watchdogAtMs?: number
  /** `WATCHDOG=trigger`: it asks to be taken for hung. */
  readonly watchdogTriggered: boolean
  /** Until when it has asked for patience by `EXTEND_TIMEOUT_USEC=`. */
  readonly extendedUntilMs?: number
  /** How many messages were understood. */
  readonly messages: number
  /** Since when this daemon has been listening: what was said before may have been lost. */
  readonly listeningSinceMs: number
}

const STATUS_LENGTH_MAX = 500

/** Nothing has been said yet. */
export function silence(listeningSinceMs: number): NotifyState {
  return {
    ready: false,
    reloading: false,
    stopping: false,
    watchdogTriggered: false,
    messages: 0,
    listeningSinceMs,
  }
}

/** The state after one message: lines of `NAME=value`. What is not known is passed over. */
export function foldMessage(state: NotifyState, message: string, atMs: number): NotifyState {
  let next: NotifyState = { ...state, messages: state.messages + 1 }
  for (const line of message.split('\n')) {
    const at = line.indexOf('=')
    if (at > 0) next = foldField(next, line.slice(0, at), line.slice(at + 1), atMs)
  }
  return next
}

function foldField(state: NotifyState, name: string, value: string, atMs: number): NotifyState {
  switch (`${name}=${value}`) {
    case 'READY=1':
      return { ...state, ready: true, reloading: false, readyAtMs: atMs }
    case 'RELOADING=1':
      return { ...state, ready: false, reloading: true }
    case 'STOPPING=1':
      return { ...state, ready: false, stopping: true }
    case 'WATCHDOG=1':
      return { ...state, watchdogAtMs: atMs }
    case 'WATCHDOG=trigger':
      return { ...state, watchdogTriggered: true }
  }
  if (name === 'STATUS') {
    return { ...state, status: value.slice(0, STATUS_LENGTH_MAX).toWellFormed() }
  }
  const number = /^\d{1,15}$/.test(value) ? Number(value) : undefined
  if (number === undefined) return state
  if (name === 'ERRNO') return { ...state, errno: number }
  if (name === 'MAINPID') return { ...state, mainPid: number }
  if (name === 'EXTEND_TIMEOUT_USEC') {
    return { ...state, extendedUntilMs: atMs + Math.ceil(number / 1_000) }
  }
  return state
}

/** Prints the state for its file. */
export function printNotifyState(state: NotifyState): string {
  return JSON.stringify(state)
}

/** The state in a text of its own file; undefined when it was torn by a loss of power. */
export function parseNotifyState(text: string): NotifyState | undefined {
  try {
    const state: JsonObject = JSON.parse(text)
    const isState = typeof state['messages'] === 'number' && typeof state['ready'] === 'boolean'
    return isState ? (state as unknown as NotifyState) : undefined
  } catch {
    return undefined
  }
}
