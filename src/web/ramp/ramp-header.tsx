/** What a ramp is and how it stands, on two lines and in its own words. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ownerOf } from '../../core/plan/owner.ts'
import { toldOfState } from '../part/ramp-tone.ts'
import { DigestText } from '../part/short-text.tsx'
import { Instant, Lasting } from '../part/time.tsx'
import { Pill } from '../part/tone.tsx'
import type { Moment } from './use-ramp.ts'

/** The lines below the title. */
export function RampHeader({ moment }: { readonly moment: Moment }): ReactNode {
  const { state, nowMs, isNow } = moment
  const { plan, by, openedAtMs, ended, ramp } = state
  const { tone, word } = toldOfState(state)
  const ready = state.stages.filter(
    ({ phase }) => phase === 'ready' || phase === 'completed',
  ).length
  const cause = ended?.cause ?? state.held ?? state.undoCause
  const owner = cause === undefined ? undefined : ownerOf(plan, cause)
  return (
    <span className="mt-1.5 flex flex-col gap-2">
      <span className="flex flex-wrap items-center gap-x-4 gap-y-1.5 text-[0.8125rem]">
        <Pill tone={tone} word={word} />
        <span className="numbers">
          {ready} of {state.stages.length} stages ready
        </span>
        <span>
          <Lasting fromMs={openedAtMs} untilMs={isNow ? ended?.atMs : nowMs} />
        </span>
        <span>
          opened <Instant atMs={openedAtMs} /> by {by}
        </span>
        <code className="font-mono text-[0.78rem]">{ramp}</code>
        <span>
          revision{' '}
          <Link
            to="/contracts/$kind/$name"
            params={{ kind: plan.contract.kind, name: plan.contract.name }}
            search={{ revision: plan.contract.digest }}
            className="underline decoration-firm underline-offset-2 hover:text-ink"
          >
            <DigestText digest={plan.contract.digest} />
          </Link>
        </span>
      </span>
      {cause === undefined ? null : (
        <span className="block max-w-4xl text-ink">
          {cause.stage === undefined ? null : (
            <strong className="font-semibold">{cause.stage}: </strong>
          )}
          {cause.sentence}
          {owner === undefined ? null : (
            <span className="text-muted">
              {' '}
              It is owned by <strong className="font-semibold text-ink">{owner}</strong>.
            </span>
          )}
        </span>
      )}
    </span>
  )
}
