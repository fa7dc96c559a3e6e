/** A ramp on one line, which leads to it. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { rampTitle } from '../../core/telling/ramp-title.ts'
import type { RampSummary } from '../../server/wire.ts'
import { toldOfSummary } from './ramp-tone.ts'
import { Ago, Lasting } from './time.tsx'
import { Mark, toneText } from './tone.tsx'

/** The height of a row, for lists that draw only what is in sight. @unit px */
export const RAMP_ROW_HEIGHT = 52

/** One ramp. */
export function RampRow({ ramp }: { readonly ramp: RampSummary }): ReactNode {
  const { tone, word } = toldOfSummary(ramp)
  const { cause } = ramp
  return (
    <Link
      to="/ramps/$ramp"
      params={{ ramp: ramp.ramp }}
      data-row=""
      className="grid h-full grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 border-line border-b px-4 hover:bg-sunken sm:grid-cols-[8.5rem_minmax(0,1fr)_6.5rem_6rem]"
    >
      <span className={`hidden items-center gap-2 font-medium sm:flex ${toneText(tone)}`}>
        <Mark tone={tone} />
        {word}
      </span>
      <span className="min-w-0">
        <span className="flex min-w-0 items-baseline gap-2">
          <span className="inline-flex items-center self-center sm:hidden">
            <Mark tone={tone} />
            <span className="sr-only">{word}</span>
          </span>
          <span className="truncate font-medium">{rampTitle(ramp)}</span>
          <span className="hidden truncate font-mono text-muted text-xs lg:inline">
            {ramp.ramp}
          </span>
        </span>
        <span className="block truncate text-muted text-xs">
          {cause ?? `by ${ramp.by}`}
          {cause !== undefined && ramp.owner !== undefined ? ` (owned by ${ramp.owner})` : ''}
        </span>
      </span>
      <span className="hidden text-right text-muted sm:block">
        <Lasting fromMs={ramp.openedAtMs} untilMs={ramp.endedAtMs} />
      </span>
      <span className="text-right text-muted text-xs">
        <Ago atMs={ramp.endedAtMs ?? ramp.openedAtMs} />
      </span>
    </Link>
  )
}
