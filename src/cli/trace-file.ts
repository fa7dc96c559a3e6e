/** The trace of a ramp as a file that Perfetto and Chrome open. What is there already is replaced. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Fault } from '../core/fault/fault.ts'
import { chromeTraceOf } from '../core/trace/chrome-trace.ts'
import { traceOf } from '../core/trace/ramp-trace.ts'
import type { RampartClient } from '../server/client/client.ts'
import type { CliParts } from './cli-parts.ts'
import { readEntries } from './read-run.ts'

/** Asked for by `--trace`. */
export interface TraceOption {
  /** The file to write. */
  readonly trace?: string
}

/**
 * Writes the trace of a ramp, if that was asked for, and says so unless only JSON is wanted.
 *
 * @throws trace-unwritable
 */
export async function writeTrace(
  parts: CliParts,
  from: { readonly client: RampartClient; readonly ramp: string },
  options: TraceOption & { readonly json?: boolean },
): Promise<void> {
  if (options.trace === undefined) return
  const file = resolve(parts.cwd, options.trace)
  const trace = chromeTraceOf(traceOf(await readEntries(from.client, from.ramp)))
  try {
    writeFileSync(file, `${JSON.stringify(trace)}\n`)
  } catch (error) {
    const hint = `${file} could not be written: ${(error as Error).message}`
    const operation = 'write the trace'
    throw new Fault({ code: 'trace-unwritable', operation, subject: file, hint, cause: error })
  }
  if (options.json !== true) {
    parts.stderr.write(`Wrote ${options.trace}; open it with https://ui.perfetto.dev\n`)
  }
}
