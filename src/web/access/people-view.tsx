/** People who have signed in, or may: what each may do, and where. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { PersonView } from '../../server/wire/access.ts'
import { describeGrants } from '../../server/wire/grant-words.ts'
import { peopleQuery } from '../api/queries.ts'
import { Button } from '../part/button.tsx'
import { ListEnd } from '../part/list-end.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Panel } from '../part/panel.tsx'
import { Empty } from '../part/state-note.tsx'
import { Ago } from '../part/time.tsx'
import { GrantDialog } from './grant-dialog.tsx'
import { SignOutDialog } from './sign-out-dialog.tsx'

/** Draws them. */
export function PeopleView({ isAdmin }: { readonly isAdmin: boolean }): ReactNode {
  const query = useInfiniteQuery(peopleQuery)
  const [granting, setGranting] = useState<PersonView | 'new' | undefined>()
  const [leaving, setLeaving] = useState<PersonView | undefined>()
  const add =
    isAdmin && query.data !== undefined ? (
      <Button onClick={() => setGranting('new')}>Let somebody in…</Button>
    ) : undefined
  return (
    <Panel
      title="People"
      count={query.data?.length}
      hasMore={query.hasNextPage}
      aside={add}
      isFlush
    >
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
      <ListEnd query={query} count={query.data?.length ?? 0} what="people" />
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
