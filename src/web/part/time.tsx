/** Times in the reader's zone; the exact instant in UTC stands in the title. */
import type { ReactNode } from 'react'
import { describeDuration } from '../../core/units/duration.ts'
import { useNowMs } from '../clock.ts'

const DAY_MS = 86_400_000

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
})
const DATE = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const YEAR_DATE = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
})

/** An instant on the wall clock, with its date unless it is today's. */
export function Instant({ atMs }: { readonly atMs: number }): ReactNode {
  const nowMs = useNowMs()
  return (
    <time dateTime={new Date(atMs).toISOString()} title={exactUtc(atMs)}>
      {wallClock(atMs, nowMs)}
    </time>
  )
}

/** How long ago an instant was, coarsely. */
export function Ago({ atMs }: { readonly atMs: number }): ReactNode {
  const nowMs = useNowMs()
  return (
    <time dateTime={new Date(atMs).toISOString()} title={exactUtc(atMs)}>
      {agoText(atMs, nowMs)}
    </time>
  )
}

/** A duration that grows until it ends. */
export function Lasting(props: {
  readonly fromMs: number
  readonly untilMs?: number | undefined
}): ReactNode {
  const nowMs = useNowMs()
  const { fromMs, untilMs = nowMs } = props
  const lastedMs = Math.max(0, untilMs - fromMs)
  // While it grows, whole seconds are enough, and stand still between them.
  const shownMs = props.untilMs === undefined ? Math.floor(lastedMs / 1_000) * 1_000 : lastedMs
  return <span className="numbers whitespace-nowrap">{growingText(shownMs, props.untilMs)}</span>
}

function growingText(ms: number, untilMs: number | undefined): string {
  return untilMs === undefined && ms < 60_000 ? `${Math.round(ms / 1_000)} s` : describeDuration(ms)
}

/** The exact instant, as it stands in titles. */
export function exactUtc(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').replace('Z', ' UTC')
}

/** How long ago, in words. */
function agoText(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs
  if (ms < 5_000 && ms > -5_000) return 'just now'
  if (ms < 0) return `in ${coarse(-ms)}`
  return `${coarse(ms)} ago`
}

function coarse(ms: number): string {
  if (ms < 60_000) return `${Math.floor(ms / 1_000)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`
  if (ms < DAY_MS) return `${Math.floor(ms / 3_600_000)} h`
  return `${Math.floor(ms / DAY_MS)} d`
}

function wallClock(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const now = new Date(nowMs)
  if (at.toDateString() === now.toDateString()) return CLOCK.format(at)
  const date = at.getFullYear() === now.getFullYear() ? DATE : YEAR_DATE
  return `${date.format(at)}, ${CLOCK.format(at)}`
}
