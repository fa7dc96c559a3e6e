/**
 * That a start was asked to end, kept in `asked.json` of its folder: it is asked once, also by an order
 * that is given again, by the next daemon or over a new connection. Of a second signal a service that
 * finishes what it has would end at once.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** How a start was asked to end. */
export interface Asked {
  /** The order that asked last. */
  readonly order: string
  readonly signal: string
  /** From then on that order kills it. @unit ms since 1970 */
  readonly untilMs: number
}

/** An order that wants it ended. */
export interface Asking {
  readonly order: string
  /** @unit ms */
  readonly graceMs: number
  /** @unit ms since 1970 */
  readonly nowMs: number
}

const ASKED: z.ZodType<Asked> = z.object({
  order: z.string(),
  signal: z.string(),
  untilMs: z.number().int(),
})

/** How long the start has from now on: an order that is given again does not begin anew. @unit ms */
export function graceLeftMs(asked: Asked | undefined, { order, graceMs, nowMs }: Asking): number {
  if (asked?.order !== order) return graceMs
  return Math.max(0, Math.min(graceMs, asked.untilMs - nowMs))
}

/** How the start of this folder was asked to end; undefined: it was not. */
export function readAsked(path: string): Asked | undefined {
  try {
    return ASKED.parse(JSON.parse(readFileSync(join(path, 'asked.json'), 'utf8')))
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    // Torn by a loss of power: nothing runs any more that could be asked twice.
    if (isAbsent || error instanceof SyntaxError || error instanceof z.ZodError) return undefined
    throw error
  }
}

/** Keeps that it was asked to end; nothing is kept when somebody has removed the folder. */
export function writeAsked(path: string, { order, signal, untilMs }: Asked): void {
  const draft = join(path, 'asked.draft')
  try {
    const text = JSON.stringify({ order, signal, untilMs: Math.round(untilMs) })
    writeFileSync(draft, text, { mode: 0o600 })
    renameSync(draft, join(path, 'asked.json'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
