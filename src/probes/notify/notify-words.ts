/** What a component has said of itself, as the runtime that listens to it keeps it in a file. */
import type { Json, JsonObject } from '../../core/units/json.ts'

/** Everything that was said, as far as it is judged. */
export interface NotifyWords {
  readonly ready: boolean
  readonly readyAtMs?: number
  readonly reloading: boolean
  readonly stopping: boolean
  readonly status?: string
  readonly errno?: number
  readonly mainPid?: number
  readonly watchdogAtMs?: number
  readonly watchdogTriggered: boolean
  readonly extendedUntilMs?: number
  readonly messages: number
  /** Since when it is listened to by who listens now. */
  readonly listeningSinceMs: number
}

/** Reads the file's JSON; undefined when it is something else. */
export function readNotifyWords(json: Json): NotifyWords | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const words = json as JsonObject
  const flag = (name: string): boolean => words[name] === true
  const number = (name: string): number | undefined => {
    const value = words[name]
    return typeof value === 'number' ? value : undefined
  }
  const messages = number('messages')
  const listeningSinceMs = number('listeningSinceMs')
  if (messages === undefined || listeningSinceMs === undefined) return undefined
  return {
    ready: flag('ready'),
    reloading: flag('reloading'),
    stopping: flag('stopping'),
    watchdogTriggered: flag('watchdogTriggered'),
    messages,
    listeningSinceMs,
    ...defined({
      readyAtMs: number('readyAtMs'),
      errno: number('errno'),
      mainPid: number('mainPid'),
      watchdogAtMs: number('watchdogAtMs'),
      extendedUntilMs: number('extendedUntilMs'),
    }),
    ...(typeof words['status'] === 'string' ? { status: words['status'] } : {}),
  }
}

function defined<Key extends string>(
  numbers: Readonly<Record<Key, number | undefined>>,
): { readonly [Name in Key]?: number } {
  const entries = Object.entries(numbers).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { readonly [Name in Key]?: number }
}
