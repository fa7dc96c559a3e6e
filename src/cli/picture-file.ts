/** Writing a picture: SVG as it is, PNG by the converter that is installed, if one is. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Fault } from '../core/fault/fault.ts'
import type { CliParts } from './cli-parts.ts'

/** Where pictures are asked for. */
export interface PictureOptions {
  readonly svg?: string
  readonly png?: string
}

/** The program of librsvg that turns SVG into PNG. */
const CONVERTER = 'rsvg-convert'

/** How long the conversion may take. @unit ms */
const CONVERT_MS = 30_000

/**
 * Writes the pictures that are asked for, and says so.
 *
 * @throws picture-unwritable when a file cannot be written, or nothing here turns SVG into PNG
 */
export function writePictures(parts: CliParts, options: PictureOptions, svg: string): void {
  if (options.svg !== undefined) {
    write(parts, options.svg, svg)
    parts.stderr.write(`Wrote ${options.svg}.\n`)
  }
  if (options.png === undefined) return
  // Twice the size, for screens whose dots are half as large.
  const converted = spawnSync(CONVERTER, ['--zoom', '2', '--format', 'png'], {
    input: svg,
    timeout: CONVERT_MS,
    maxBuffer: 64 * 1024 * 1024,
  })
  if (converted.error !== undefined || converted.status !== 0) {
    const why = converted.error?.message ?? converted.stderr.toString('utf8').trim()
    throw unwritable(options.png, `${CONVERTER} of librsvg did not convert it: ${why}`)
  }
  write(parts, options.png, converted.stdout)
  parts.stderr.write(`Wrote ${options.png}.\n`)
}

function write(parts: CliParts, path: string, bytes: string | Uint8Array): void {
  try {
    writeFileSync(resolve(parts.cwd, path), bytes)
  } catch (error) {
    throw unwritable(path, error instanceof Error ? error.message : String(error), error)
  }
}

function unwritable(path: string, why: string, cause?: unknown): Fault {
  const hint = `${path} could not be written: ${why}. --svg needs no other program.`
  return new Fault({
    code: 'picture-unwritable',
    operation: 'write picture',
    subject: path,
    hint,
    cause,
  })
}
