/** Amounts that several probes share: counts of bytes, exit codes, and one-or-many lists. */
import { z } from 'zod'
import { templated } from './template.ts'

const UNIT_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
}
const WRITTEN_BYTES = /^(\d{1,9})(B|KiB|MiB|GiB)$/

/** The most output or body that a probe may be told to read. */
export const BYTES_MAX: number = 64 * 1_048_576

function bytesUpTo(most: number): z.ZodType<number | string> {
  const whole = z.int().min(1).max(most)
  const written = z
    .string()
    .regex(WRITTEN_BYTES, { error: 'a count of bytes: 65536, 64KiB, 1MiB', abort: true })
    .transform((text) => {
      const [, digits = '', unit = ''] = WRITTEN_BYTES.exec(text) ?? []
      return Number(digits) * (UNIT_BYTES[unit] ?? 1)
    })
    .pipe(whole)
  return templated(z.union([whole, written]))
}

/** A count of bytes: `65536`, `64KiB`, `1MiB`. @maximum 64 MiB */
export const byteCount: z.ZodType<number | string> = bytesUpTo(BYTES_MAX)

/** The size of something that is not read: `1`, `20GiB`. @maximum 2^53 - 1 bytes */
export const byteSize: z.ZodType<number | string> = bytesUpTo(Number.MAX_SAFE_INTEGER)

/** The exit code of a process. */
export const exitCode: z.ZodType<number> = z.int().min(0).max(255)

/** One value or a list of them, read as a list. */
export function oneOrMany<Value>(schema: z.ZodType<Value>): z.ZodType<Value[]> {
  return z.union([schema.transform((value) => [value]), z.array(schema).min(1)])
}
