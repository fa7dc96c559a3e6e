/**
 * The highest fence seen of each ramp on one subject, kept in `fences.json`. An order with a lower
 * one comes from an owner that has lost the ramp, and is refused.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const FENCES = z.array(z.tuple([z.string(), z.number().int()]))

/** Ramps that are remembered; those heard of longest ago are forgotten first. */
const RAMPS_MAX = 256

/** Whether an order may still be carried out. */
export interface FenceCheck {
  readonly allowed: boolean
  /** The highest fence seen before this one; undefined for a new ramp. */
  readonly highest: number | undefined
}

/** Of an order: which of its ramp's it is, and which copy alone it is about, if it is about one. */
export interface Fenced {
  readonly ramp: string
  readonly fence: number
  readonly copy?: number | undefined
}

/**
 * Checks and remembers the fence of an order on the subject that `folder` belongs to. Orders about
 * different copies are given at once and come in any order; those about all of them do not.
 */
export function passFence(folder: string, { ramp, fence, copy }: Fenced): FenceCheck {
  const path = join(folder, 'fences.json')
  const fences = readFences(path)
  const key = copy === undefined ? ramp : `${ramp}#${copy}`
  const seen = [...fences].flatMap(([name, number]) => {
    const isMeant = name === ramp || name === key
    return isMeant || (copy === undefined && name.startsWith(`${ramp}#`)) ? [number] : []
  })
  const highest = seen.length === 0 ? undefined : Math.max(...seen)
  if (highest !== undefined && fence < highest) return { allowed: false, highest }
  if (fences.get(key) === fence) return { allowed: true, highest }
  fences.delete(key)
  fences.set(key, fence)
  const kept = [...fences].slice(-RAMPS_MAX)
  // No sync to the disk: after a loss of power nothing runs that an old owner could harm.
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(kept), { mode: 0o600 })
  renameSync(draft, path)
  return { allowed: true, highest }
}

function readFences(path: string): Map<string, number> {
  try {
    return new Map(FENCES.parse(JSON.parse(readFileSync(path, 'utf8'))))
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    // Torn by a loss of power: the same as never having seen an order.
    if (absent || error instanceof SyntaxError || error instanceof z.ZodError) return new Map()
    throw error
  }
}
