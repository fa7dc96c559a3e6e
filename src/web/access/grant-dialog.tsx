/**
 * What is granted to somebody by name: all of it, to be changed, added to and taken away. It grants again
 * only what was granted by name, never what groups or configuration give, which ends with those.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { Grant, PersonView } from '../../server/wire/access.ts'
import { etagOf } from '../../server/wire/etags.ts'
import { describeGrant, describeGrants } from '../../server/wire/grant-words.ts'
import { peopleQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'
import { Button } from '../part/button.tsx'
import { Complaint } from '../part/complaint.tsx'
import { Dialog } from '../part/dialog.tsx'
import { TextField } from '../part/field.tsx'
import { draftOf, type GrantDraft, grantOf } from './grant-draft.ts'
import { GrantFields } from './grant-fields.tsx'

interface Row {
  readonly key: number
  readonly draft: GrantDraft
}

const NEW: GrantDraft = { role: 'viewer', where: '' }

/** Draws it. */
export function GrantDialog(props: {
  /** Absent: somebody of whom nothing is known yet. */
  readonly person: PersonView | undefined
  readonly onClose: () => void
}): ReactNode {
  const { person, onClose } = props
  const [name, setName] = useState(person?.name ?? 'oidc:')
  const [rows, setRows] = useState<readonly Row[]>(() => rowsOf(person))
  const granting = useGranting(person, onClose)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    granting.mutate({ name: name.trim(), grants: rows.map(({ draft }) => grantOf(draft)) })
  }
  return (
    <Dialog title={person === undefined ? 'Let somebody in' : person.name} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {person === undefined ? (
          <TextField
            label="Name"
            hint="As their provider calls them, for example by their address."
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        ) : null}
        <GrantRows rows={rows} onChange={setRows} />
        <GivenBesides person={person} />
        <Complaint sentence={granting.error?.message} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button
            type="submit"
            weight={rows.length === 0 ? 'danger' : 'main'}
            disabled={granting.isPending}
          >
            {rows.length === 0 ? 'Grant nothing' : 'Grant'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function GrantRows(props: {
  readonly rows: readonly Row[]
  readonly onChange: (rows: readonly Row[]) => void
}): ReactNode {
  const { rows, onChange } = props
  const next = Math.max(0, ...rows.map(({ key }) => key + 1))
  return (
    <>
      {rows.map(({ key, draft }, place) => (
        <fieldset key={key} className="flex flex-col gap-3 rounded-lg border border-line px-4 py-3">
          <legend className="px-1 font-medium">{describeGrant(grantOf(draft))}</legend>
          <GrantFields
            draft={draft}
            hasAgent={false}
            onChange={(changed) => onChange(rows.with(place, { key, draft: changed }))}
          />
          <Button
            className="self-end"
            aria-label={`Take away ${describeGrant(grantOf(draft))}`}
            onClick={() => onChange(rows.filter((row) => row.key !== key))}
          >
            Take away
          </Button>
        </fieldset>
      ))}
      {rows.length === 0 ? <p>Nothing is granted to them by name.</p> : null}
      <Button className="self-start" onClick={() => onChange([...rows, { key: next, draft: NEW }])}>
        Add a role
      </Button>
    </>
  )
}

/** What this does not change. */
function GivenBesides({ person }: { readonly person: PersonView | undefined }): ReactNode {
  const besides = person?.grants.slice(person.granted.length) ?? []
  if (besides.length === 0) return null
  return (
    <p className="text-muted">
      Besides, their groups or the server’s configuration give {describeGrants(besides)}. That is
      changed there, and ends with it.
    </p>
  )
}

function useGranting(person: PersonView | undefined, onDone: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, grants }: { readonly name: string; readonly grants: readonly Grant[] }) =>
      ask({
        method: 'PUT',
        path: `/v1/people/${encodeURIComponent(name)}`,
        body: { grants },
        // Where nobody was found, nobody else has let them in meanwhile.
        ifMatch: etagOf(person?.grantsVersion ?? 0),
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: peopleQuery.queryKey })
      onDone()
    },
  })
}

function rowsOf(person: PersonView | undefined): readonly Row[] {
  const drafts = person === undefined ? [NEW] : person.granted.map(draftOf)
  return drafts.map((draft, key) => ({ key, draft }))
}
