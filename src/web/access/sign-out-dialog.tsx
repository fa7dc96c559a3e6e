/** Signing somebody out everywhere: says what will happen, then what has ended. */
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { SignedOut } from '../../server/wire/access.ts'
import { ask } from '../api/request.ts'
import { Button } from '../part/button.tsx'
import { Complaint } from '../part/complaint.tsx'
import { Dialog } from '../part/dialog.tsx'

/** Asks before it does so. */
export function SignOutDialog(props: {
  readonly person: string
  readonly onClose: () => void
}): ReactNode {
  const { person, onClose } = props
  const leaving = useMutation({
    mutationFn: () =>
      ask<SignedOut>({ method: 'POST', path: `/v1/people/${encodeURIComponent(person)}/sign-out` }),
  })
  const { data: ended } = leaving
  return (
    <Dialog title={`Sign ${person} out everywhere?`} onClose={onClose}>
      {ended === undefined ? (
        <p>
          Every browser and every command line that is signed in as {person} has to sign in again.
          What they may do stays as it is, so they can; take their grants away to prevent it.
        </p>
      ) : (
        <p role="status">
          {person} is signed out: {count(ended.sessions, 'browser')} and{' '}
          {count(ended.logins, 'command line')}.
        </p>
      )}
      <div className="mt-2">
        <Complaint sentence={leaving.error?.message} />
      </div>
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={onClose}>{ended === undefined ? 'Leave it' : 'Close'}</Button>
        {ended === undefined ? (
          <Button weight="danger" disabled={leaving.isPending} onClick={() => leaving.mutate()}>
            Sign out
          </Button>
        ) : null}
      </div>
    </Dialog>
  )
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
