/**
 * What is granted to somebody by name: all of it, to be changed, added to and taken away. It grants again
 * only what was granted by name, never what groups or configuration give, which ends with those; and of
 * what was granted before it widens nothing until somebody has said that it shall be wider.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { Grant, PersonView } from '../../server/wire/access.ts'
import { etagOf } from '../../server/wire/etags.ts'
import { describeGrants } from '../../server/wire/grant-words.ts'
import { peopleQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'
import { Button } from '../part/button.tsx'
import { Complaint } from '../part/complaint.tsx'
import { Dialog } from '../part/dialog.tsx'
import { TextField } from '../part/field.tsx'
import { readGrant } from './grant-draft.ts'
import { GrantRows, type Row, rowsOf } from './grant-rows.tsx'
import { showWrong } from './show-wrong.ts'
import { WiderNote, widened } from './wider-note.tsx'

/** As the ledger writes people. */
const NAME = /^oidc:[\x21-\x7e]{1,295}$/
const NAME_EXPECTED =
  'Expected oidc: and how their provider calls them, without spaces: oidc:anna@example.org.'

/** Draws it. */
export function GrantDialog(props: {
  /** Absent: somebody of whom nothing is known yet. */
  readonly person: PersonView | undefined
  readonly onClose: () => void
}): ReactNode {
  const { person, onClose } = props
  const [name, setName] = useState(person?.name ?? 'oidc:')
  const [rows, setRows] = useState<readonly Row[]>(() => rowsOf(person))
  const [isTried, setTried] = useState(false)
  const [isAgreed, setAgreed] = useState(false)
  const granting = useGranting(person, onClose)
  const readings = rows.map(({ draft }) => readGrant(draft))
  const wider = widened(rows, person?.granted ?? [])
  const isNamed = person !== undefined || NAME.test(name.trim())
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const grants = readings.flatMap(({ grant }) => grant ?? [])
    const isReadable = isNamed && grants.length === rows.length
    if (!isReadable || (wider.length > 0 && !isAgreed)) {
      return showWrong(event, () => setTried(true))
    }
    granting.mutate({ name: name.trim(), grants })
  }
  return (
    <Dialog title={person === undefined ? 'Let somebody in' : person.name} onClose={onClose}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {person === undefined ? (
          <TextField
            label="Name"
            hint="As their provider calls them, for example by their address."
            complaint={isTried && !isNamed ? NAME_EXPECTED : undefined}
            autoComplete="off"
            spellCheck={false}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        ) : null}
        <GrantRows
          rows={rows}
          isTried={isTried}
          onChange={(changed) => {
            setRows(changed)
            // Who has agreed to one change has not agreed to the next.
            setAgreed(false)
          }}
        />
        <GivenBesides person={person} />
        <WiderNote wider={wider} isAgreed={isAgreed} isTried={isTried} onAgree={setAgreed} />
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
