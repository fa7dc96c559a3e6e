/** People who have signed in, or may: what each may do, and where. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { PersonView } from '../../server/wire/access.ts'
import { peopleQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'
import { Button } from '../part/button.tsx'
import { Dialog } from '../part/dialog.tsx'
import { TextField } from '../part/field.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Panel } from '../part/panel.tsx'
import { Empty } from '../part/state-note.tsx'
import { Ago } from '../part/time.tsx'
import { type GrantDraft, GrantFields, grantOf } from './grant-fields.tsx'
import { describeGrants } from './grant-words.ts'
import { SignOutDialog } from './sign-out-dialog.tsx'

/** Draws them. */
export function PeopleView({ isAdmin }: { readonly isAdmin: boolean }): ReactNode {
  const query = useQuery(peopleQuery)
  const [granting, setGranting] = useState<PersonView | 'new' | undefined>()
  const [leaving, setLeaving] = useState<PersonView | undefined>()
  const add =
    isAdmin && query.data !== undefined ? (
      <Button onClick={() => setGranting('new')}>Let somebody in…</Button>
    ) : undefined
  return (
    <Panel title="People" count={query.data?.length} aside={add} isFlush>
      <Loaded query={query} what="The list of people">
        {(people) =>
          people.length === 0 ? (
            <Empty title="Nobody has signed in.">
              People sign in with your provider; what they may do is granted here, or by its groups.
            </Empty>
          ) : (
            <ul className="divide-y divide-line">
              {people.map((person) => (
                <li key={person.name} className="flex flex-wrap items-center gap-4 px-4 py-2.5">
                  <div className="min-w-0 grow">
                    <p className="font-medium">{person.name}</p>
                    <p className="text-muted text-xs">
                      {describeGrants(person.grants)},{' '}
                      {person.lastSeenAtMs === undefined ? (
                        'never seen'
                      ) : (
                        <>
                          seen <Ago atMs={person.lastSeenAtMs} />
                        </>
                      )}
                    </p>
                  </div>
                  {isAdmin ? (
                    <div className="flex gap-2">
                      <Button
                        onClick={() => setLeaving(person)}
                        aria-label={`Sign ${person.name} out`}
                      >
                        Sign out…
                      </Button>
                      <Button
                        onClick={() => setGranting(person)}
                        aria-label={`Change what ${person.name} may do`}
                      >
                        Change…
                      </Button>
                    </div>
                  ) : null}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {granting === undefined ? null : (
        <GrantDialog
          person={granting === 'new' ? undefined : granting}
          onClose={() => setGranting(undefined)}
        />
      )}
      {leaving === undefined ? null : (
        <SignOutDialog person={leaving.name} onClose={() => setLeaving(undefined)} />
      )}
    </Panel>
  )
}

function GrantDialog(props: {
  readonly person: PersonView | undefined
  readonly onClose: () => void
}): ReactNode {
  const { person, onClose } = props
  const [name, setName] = useState(person?.name ?? 'oidc:')
  const [draft, setDraft] = useState<GrantDraft>(() => draftOf(person))
  const queries = useQueryClient()
  const granting = useMutation({
    mutationFn: () =>
      ask({
        method: 'PUT',
        path: `/v1/people/${encodeURIComponent(name.trim())}`,
        body: { grants: [grantOf(draft)] },
        // Where nobody was found, nobody else has let them in meanwhile.
        headers: { 'if-match': `"${person?.grantsVersion ?? 0}"` },
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: peopleQuery.queryKey })
      onClose()
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    granting.mutate()
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
        <GrantFields draft={draft} hasAgent={false} onChange={setDraft} />
        <p className="text-muted">
          This takes the place of what was granted to them by name before.
        </p>
        <p role="alert" className="min-h-5 text-bad">
          {granting.error?.message}
        </p>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button type="submit" weight="main" disabled={granting.isPending}>
            Grant
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function draftOf(person: PersonView | undefined): GrantDraft {
  const [grant] = person?.grants ?? []
  return { role: grant?.role ?? 'viewer', where: grant?.scope.contracts?.join(', ') ?? '' }
}
