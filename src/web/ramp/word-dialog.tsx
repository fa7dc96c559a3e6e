/** A dialog that says what a word will do, takes the reason, and tells what became of it. */
import { type FormEvent, type ReactNode, useState } from 'react'
import type { Word } from '../../core/entry/entry.ts'
import { isHeldStill } from '../../core/ramp/seen-standing.ts'
import type { RampState } from '../../core/ramp/state.ts'
import { etagOf } from '../../server/wire/etags.ts'
import { Button } from '../part/button.tsx'
import { Complaint } from '../part/complaint.tsx'
import { Dialog } from '../part/dialog.tsx'
import { TextField } from '../part/field.tsx'
import { type SeenRamp, useName, useWord } from './say-word.ts'
import { type Intent, whatFollows, whyNot } from './what-follows.ts'

const TITLES = { hold: 'Hold this ramp?', resume: 'Resume this ramp?', abort: 'Abort this ramp?' }
const VERBS = { hold: 'Hold', resume: 'Resume', abort: 'Abort' }

/** The dialog for a word with a reason. */
export function WordDialog(props: {
  readonly state: RampState
  readonly intent: Intent
  readonly onClose: () => void
  readonly children?: ReactNode
}): ReactNode {
  const { state, intent, onClose, children } = props
  const [why, setWhy] = useState('')
  const by = useName()
  const saying = useWord(state.ramp)
  const objection = whyNot(state, by, intent)
  const isDanger = intent.say === 'abort'
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const word = { ...intent, why } as Word
    saying.mutate(intent.say === 'resume' ? { word, seen: seenHeld(state) } : { word }, {
      onSuccess: ({ refusal }) => {
        if (refusal === undefined) onClose()
      },
    })
  }
  return (
    <Dialog title={titleOf(intent)} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {children}
        <Consequences sentences={whatFollows(state, intent)} />
        <TextField
          label="Why"
          placeholder="Stands in the ledger beside your name"
          value={why}
          maxLength={500}
          onChange={(event) => setWhy(event.target.value)}
        />
        <Complaint
          sentence={objection ?? saying.data?.refusal?.sentence ?? saying.error?.message}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button
            type="submit"
            weight={isDanger ? 'danger' : 'main'}
            disabled={objection !== undefined || saying.isPending}
          >
            {stageOf(intent) === undefined ? VERBS[intent.say] : 'Try again'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Who lets a ramp go on means what it holds by; who stops one means it whatever it does. */
function seenHeld(shown: RampState): SeenRamp {
  return { etag: etagOf(shown.sequence), isStill: (state) => isHeldStill(state, shown) }
}

function titleOf(intent: Intent): string {
  const stage = stageOf(intent)
  return stage === undefined ? TITLES[intent.say] : `Try ${stage} again?`
}

function stageOf(intent: Intent): string | undefined {
  return intent.say === 'resume' ? intent.stage : undefined
}

/** What will happen. */
export function Consequences({ sentences }: { readonly sentences: readonly string[] }): ReactNode {
  return (
    <div>
      <p className="mb-1 font-medium text-[0.8125rem]">What will happen</p>
      <ul className="flex list-disc flex-col gap-1 pl-4 text-muted marker:text-firm">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
  )
}
