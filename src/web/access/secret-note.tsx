/** A secret, shown this once. */
import { KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../part/button.tsx'
import { Copyable } from '../part/short-text.tsx'

/** The secret with a button that says that it was taken. */
export function SecretNote(props: {
  readonly of: string
  readonly secret: string
  /** What the server keeps of it, in a sentence. */
  readonly kept: string
  readonly onDone: () => void
}): ReactNode {
  return (
    <div className="flex flex-col gap-4">
      <p className="flex items-start gap-2">
        <KeyRound aria-hidden="true" size={16} className="mt-0.5 shrink-0 text-accent" />
        This is the only time that the secret of {props.of} is shown. {props.kept}
      </p>
      <Copyable text={props.secret} label="the secret" />
      <div className="flex justify-end">
        <Button weight="main" onClick={props.onDone}>
          I have it
        </Button>
      </div>
    </div>
  )
}
