/** The button that tries one failed stage again; says what will happen first. */
import { useQuery } from '@tanstack/react-query'
import { RotateCcw } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { RampState } from '../../core/ramp/state.ts'
import { mayOperate } from '../api/may.ts'
import { meQuery } from '../api/queries.ts'
import { Button } from '../part/button.tsx'
import { useName } from './say-word.ts'
import { whyNot } from './what-follows.ts'
import { WordDialog } from './word-dialog.tsx'

/** Nothing where the stage has not failed, or whoever looks may not say so. */
export function RetryStage(props: {
  readonly state: RampState
  readonly stage: string
}): ReactNode {
  const { state, stage } = props
  const [isOpen, setIsOpen] = useState(false)
  const { data: me } = useQuery(meQuery)
  const by = useName()
  const intent = { say: 'resume', stage } as const
  if (!mayOperate(me, state.plan.contract)) return null
  const isPossible = whyNot(state, by, intent) === undefined
  if (!isPossible && !isOpen) return null
  return (
    <div>
      <Button onClick={() => setIsOpen(true)}>
        <RotateCcw aria-hidden="true" size={14} />
        Try again…
      </Button>
      {isOpen ? (
        <WordDialog state={state} intent={intent} onClose={() => setIsOpen(false)} />
      ) : null}
    </div>
  )
}
