/** Durations as other tools write them. */
import { DURATION_MAX_MS } from '../../../core/units/duration.ts'
import type { Item } from '../source/item.ts'

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** A duration of Go, such as `1m30s` or `1.5h`, in whole milliseconds; less than one counts as one. */
export function goDurationMs(item: Item | undefined): number | undefined {
  const text = item?.text()?.trim()
  if (item === undefined || text === undefined) return undefined
  if (text === '0') return 0
  let totalMs = 0
  let rest = text
  for (const [whole, digits = '', unit = ''] of text.matchAll(
    /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g,
  )) {
    totalMs += Number(digits) * (UNIT_MS[unit] ?? 0)
    rest = rest.replace(whole, '')
  }
  if (rest === '' && text !== '' && totalMs <= DURATION_MAX_MS) return wholeMs(item, totalMs)
  item.lose(`${text} is no duration that can be read`)
  return undefined
}

/** A count of seconds, in milliseconds. */
export function secondsMs(item: Item | undefined): number | undefined {
  const text = item?.text()
  if (item === undefined || text === undefined) return undefined
  const ms = Number(text) * 1_000
  if (Number.isFinite(ms) && ms >= 0 && ms <= DURATION_MAX_MS) return wholeMs(item, ms)
  item.lose(`${text} is no count of seconds that can be read`)
  return undefined
}

function wholeMs(item: Item, ms: number): number {
  const whole = ms === 0 ? 0 : Math.max(1, Math.round(ms))
  // Halves of a millisecond come from how fractions are held, not from what was written.
  if (Math.abs(whole - ms) > 1e-6) item.note('it is rounded to whole milliseconds')
  return whole
}
