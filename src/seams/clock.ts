/** The seam to time. The engine and the rim read time only through it. */

/** A timer that has been set. */
export interface Timer {
  /** Idempotent; after it returns, the callback will not be called. */
  cancel(): void
}

/** Tells the time and wakes. */
export interface Clock {
  /** Wall-clock milliseconds since 1970. May step backwards when the machine's clock does. */
  nowMs(): number
  /**
   * How much time has gone by since some instant: never steps, and goes on while the process is
   * stopped. Absent where `nowMs` is such a time itself.
   */
  elapsedMs?(): number
  /**
   * Calls back once, at or after `atMs` of this clock; at once (but never inside this call) when that
   * is past. Timers due at the same instant fire in the order they were set.
   */
  wakeAt(atMs: number, callback: () => void): Timer
}
