/** Makes a token, and shows its secret once. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { TokenReply, TokenRequest } from '../../server/wire/access.ts'
import { tokensQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'
import { Button } from '../part/button.tsx'
import { Complaint } from '../part/complaint.tsx'
import { Dialog } from '../part/dialog.tsx'
import { SelectField, TextField } from '../part/field.tsx'
import { type GrantDraft, readGrant } from './grant-draft.ts'
import { GrantFields } from './grant-fields.tsx'
import { SecretNote } from './secret-note.tsx'
import { showWrong } from './show-wrong.ts'

const DAY_MS = 86_400_000

const LIFETIMES = [
  { value: String(DAY_MS), text: 'a day' },
  { value: String(30 * DAY_MS), text: '30 days' },
  { value: String(90 * DAY_MS), text: '90 days' },
  { value: String(365 * DAY_MS), text: 'a year' },
]

/** The dialog. */
export function TokenDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [name, setName] = useState('')
  const [draft, setDraft] = useState<GrantDraft>({ role: 'operator', where: '', labels: '' })
  const [isTried, setTried] = useState(false)
  const [lifetime, setLifetime] = useState(String(30 * DAY_MS))
  const queries = useQueryClient()
  const making = useMutation({
    mutationFn: (body: TokenRequest) =>
      ask<TokenReply>({ method: 'POST', path: '/v1/tokens', body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  })
  if (making.data !== undefined) {
    return (
      <Dialog title="Its secret" onClose={onClose}>
        <SecretNote
          of={making.data.token.name}
          secret={making.data.secret}
          kept="Only its hash is kept."
          onDone={onClose}
        />
      </Dialog>
    )
  }
  const reading = readGrant(draft)
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    if (reading.grant === undefined) return showWrong(event, () => setTried(true))
    making.mutate({ name: name.trim(), grants: [reading.grant], lifetimeMs: Number(lifetime) })
  }
  return (
    <Dialog title="Make a token" onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label="Name"
          placeholder="ci-deploy"
          hint="Stands in the ledger as token:NAME."
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <GrantFields
          draft={draft}
          onChange={setDraft}
          {...(isTried && reading.grant === undefined ? { complaints: reading.complaints } : {})}
        />
        <SelectField
          label="Expires after"
          value={lifetime}
          options={LIFETIMES}
          onChange={(event) => setLifetime(event.target.value)}
        />
        <Complaint sentence={making.error?.message} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button type="submit" weight="main" disabled={name.trim() === '' || making.isPending}>
            Make it
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
