/** Tells those who listen instead of look what happens to the ramp: its turns, not every answer. */
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { explainRamp } from '../../core/ramp/explain.ts'
import type { RampState } from '../../core/ramp/state.ts'

/** A region that is read out whenever the ramp takes a turn. */
export function RampAnnouncer(props: {
  readonly state: RampState
  readonly isNow: boolean
}): ReactNode {
  const { state, isNow } = props
  const headline = explainRamp(state, state.latestMs)[0] ?? ''
  const first = useRef(headline)
  const [said, say] = useState('')
  useEffect(() => {
    if (isNow && headline !== first.current) say(headline)
  }, [headline, isNow])
  return (
    <p className="sr-only" aria-live="polite">
      {said}
    </p>
  )
}
