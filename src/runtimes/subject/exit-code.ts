/**
 * Reads how a component ended out of the wrapper's exit code. A shell says 128 + n for signal n,
 * and so cannot be told apart from a program that chooses that code itself: both are reported as
 * signals.
 */
import { constants } from 'node:os'

/** An exit code, or the signal that ended it. */
export type HowEnded =
  | { readonly code: number; readonly signal?: never }
  | { readonly signal: string; readonly code?: never }

const NAMES: ReadonlyMap<number, string> = new Map(
  // Of several names for one number the first stands: SIGABRT, not SIGIOT.
  Object.entries(constants.signals)
    .map(([name, number]): [number, string] => [number, name])
    .reverse(),
)

/** What a shell's exit code says. */
export function parseExitCode(code: number): HowEnded {
  const signal = code > 128 ? NAMES.get(code - 128) : undefined
  return signal === undefined ? { code } : { signal }
}

/** What the wrapper's `exit` file says; undefined while it is not yet wholly written. */
export function parseExitFile(text: string): HowEnded | undefined {
  const code = /^(\d+)\n$/.exec(text)?.[1]
  return code === undefined ? undefined : parseExitCode(Number(code))
}
