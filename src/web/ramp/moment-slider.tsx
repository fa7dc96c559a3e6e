/** Goes back to any moment of the ramp: what is shown below is the fold of the entries up to there. */
import { useNavigate } from '@tanstack/react-router'
import { SkipForward } from 'lucide-react'
import { Slider } from 'radix-ui'
import type { ReactNode } from 'react'
import { describeDuration } from '../../core/units/duration.ts'
import { Button } from '../part/button.tsx'
import { Instant } from '../part/time.tsx'
import type { Moment } from './use-ramp.ts'

/** The slider. */
export function MomentSlider({ moment }: { readonly moment: Moment }): ReactNode {
  const navigate = useNavigate({ from: '/ramps/$ramp' })
  const { state, nowMs, total, isNow, entries } = moment
  const place = isNow ? total : entries.length
  const go = (at: number | undefined): void => {
    void navigate({
      search: (old) => ({ ...old, at: at === undefined || at >= total ? undefined : String(at) }),
      replace: true,
      resetScroll: false,
    })
  }
  const since = describeDuration(nowMs - state.openedAtMs)
  const isEnded = isNow && state.ended !== undefined
  return (
    <div
      className={`flex h-10 items-center gap-4 rounded-lg border px-3 ${isNow ? 'border-line bg-panel' : 'border-accent bg-accent-soft'}`}
    >
      <span className="numbers hidden w-44 shrink-0 text-xs sm:block">
        {isNow ? (
          <span className="text-muted">{isEnded ? `The end, +${since}` : 'As it is now'}</span>
        ) : (
          <span>
            As it was at <Instant atMs={nowMs} />
          </span>
        )}
      </span>
      <Slider.Root
        className="relative flex h-5 min-w-24 grow touch-none select-none items-center"
        min={1}
        max={Math.max(2, total)}
        value={[place]}
        onValueChange={([at]) => go(at)}
      >
        <Slider.Track className="relative h-1 grow rounded-full bg-line">
          <Slider.Range className="absolute h-full rounded-full bg-accent" />
        </Slider.Track>
        <Slider.Thumb
          aria-label="Moment looked at"
          aria-valuetext={isNow ? 'now' : `entry ${place} of ${total}, after ${since}`}
          className="block size-3.5 rounded-full border-2 border-accent bg-panel"
        />
      </Slider.Root>
      <span className="numbers w-24 shrink-0 text-right text-muted text-xs">
        {place} of {total}
      </span>
      <Button
        weight="quiet"
        className="-mr-2 h-7 px-2"
        disabled={isNow}
        onClick={() => go(undefined)}
        aria-label="Back to now"
        title="Back to now"
      >
        <SkipForward aria-hidden="true" size={14} />
      </Button>
    </div>
  )
}
