/** The reader, as the server knows them. */
import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { describeGrant } from '../../server/wire/grant-words.ts'
import { meQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'
import { isNotOffered } from '../api/request-failure.ts'
import { Button } from '../part/button.tsx'
import { Complaint } from '../part/complaint.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Panel } from '../part/panel.tsx'
import { NotOffered } from '../part/state-note.tsx'
import { Mark } from '../part/tone.tsx'
import { ROLE_WORDS } from './role-words.ts'

/** Draws it. */
export function MeView(): ReactNode {
  const query = useQuery(meQuery)
  const leave = useMutation({
    mutationFn: () => ask({ method: 'POST', path: '/v1/auth/logout' }),
    // Nothing that was shown stays, and nothing is followed any more.
    onSuccess: () => window.location.reload(),
  })
  if (isNotOffered(query.error)) {
    return (
      <Panel title="You">
        <NotOffered what="accounts">
          Whoever reaches it is its owner: the socket belongs to one person, and so does everything
          here.
        </NotOffered>
      </Panel>
    )
  }
  return (
    <Loaded query={query} what="Who you are">
      {(me) => (
        <Panel
          title={me.name}
          className="max-w-2xl"
          aside={
            me.kind === 'local' ? undefined : (
              <Button disabled={leave.isPending} onClick={() => leave.mutate()}>
                Sign out
              </Button>
            )
          }
        >
          {leave.error === null ? null : <Complaint sentence={leave.error.message} />}
          <p className="text-muted">
            A {me.kind === 'local' ? 'local owner' : me.kind}. This name stands in the ledger beside
            everything you say.
          </p>
          <ul className="mt-3 flex flex-col gap-2">
            {me.grants.map((grant) => (
              <li key={describeGrant(grant)} className="flex items-start gap-2">
                <span className="pt-0.5">
                  <Mark tone="good" />
                </span>
                <span>
                  <span className="font-medium">{describeGrant(grant)}</span>
                  <span className="block text-muted">{ROLE_WORDS[grant.role]}</span>
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </Loaded>
  )
}
