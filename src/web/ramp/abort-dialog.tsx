/** Aborting, in one of two ways: taking everything back, or leaving it as it stands. */
import { type ReactNode, useId, useState } from 'react'
import type { RampState } from '../../core/ramp/state.ts'
import { useName } from './say-word.ts'
import { whyNot } from './what-follows.ts'
import { WordDialog } from './word-dialog.tsx'

/** The dialog. */
export function AbortDialog(props: {
  readonly state: RampState
  readonly onClose: () => void
}): ReactNode {
  const { state, onClose } = props
  const by = useName()
  const mayUndo = whyNot(state, by, { say: 'abort', undo: true }) === undefined
  const [undo, setUndo] = useState(mayUndo)
  const group = useId()
  const ways = [
    { value: true, title: 'Take back what was done', isOpen: mayUndo },
    { value: false, title: 'Leave everything as it stands', isOpen: true },
  ]
  return (
    <WordDialog state={state} intent={{ say: 'abort', undo }} onClose={onClose}>
      <fieldset className="flex flex-col gap-2">
        <legend className="sr-only">How to abort</legend>
        {ways.map(({ value, title, isOpen }) => (
          <label
            key={title}
            className="flex items-center gap-2.5 rounded-md border border-firm px-3 py-2 has-checked:border-accent has-checked:bg-accent-soft has-disabled:opacity-50"
          >
            <input
              type="radio"
              name={group}
              className="accent-accent"
              checked={undo === value}
              disabled={!isOpen}
              onChange={() => setUndo(value)}
            />
            <span className="font-medium">{title}</span>
          </label>
        ))}
      </fieldset>
    </WordDialog>
  )
}
