/** Tokens of machines: made here, shown once, refused from the moment they are revoked. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { TokenView } from '../../server/wire/access.ts'
import { describeGrants } from '../../server/wire/grant-words.ts'
import { tokensQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'
import { useNowMs } from '../clock.ts'
import { Button } from '../part/button.tsx'
import { Complaint } from '../part/complaint.tsx'
import { Dialog } from '../part/dialog.tsx'
import { ListEnd } from '../part/list-end.tsx'
import { Loaded } from '../part/loaded.tsx'
import { Panel } from '../part/panel.tsx'
import { Empty } from '../part/state-note.tsx'
import { Ago } from '../part/time.tsx'
import { Mark } from '../part/tone.tsx'
import { TokenDialog } from './token-dialog.tsx'

/** Draws them. */
export function TokensView({ isAdmin }: { readonly isAdmin: boolean }): ReactNode {
  const query = useInfiniteQuery(tokensQuery)
  const [isMaking, setMaking] = useState(false)
  const make =
    isAdmin && query.data !== undefined ? (
      <Button onClick={() => setMaking(true)}>Make a token…</Button>
    ) : undefined
  return (
    <Panel
      title="Tokens"
      count={query.data?.length}
      hasMore={query.hasNextPage}
      aside={make}
      isFlush
    >
      <Loaded query={query} what="The list of tokens">
        {(tokens) =>
          tokens.length === 0 ? (
            <Empty title="No token was made.">
              Machines that speak to this server, such as CI or an agent, each need one of their
              own.
            </Empty>
          ) : (
            <ul className="divide-y divide-line">
              {tokens.map((token) => (
                <TokenRow key={token.id} token={token} isAdmin={isAdmin} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <ListEnd query={query} count={query.data?.length ?? 0} what="tokens" />
      {isMaking ? <TokenDialog onClose={() => setMaking(false)} /> : null}
    </Panel>
  )
}

function TokenRow(props: { readonly token: TokenView; readonly isAdmin: boolean }): ReactNode {
  const { token, isAdmin } = props
  const [isRevoking, setRevoking] = useState(false)
  const nowMs = useNowMs()
  const isGone = token.revokedAtMs !== undefined || token.expiresAtMs <= nowMs
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
      <Mark tone={isGone ? 'gone' : 'good'} />
      <div className="min-w-0 grow">
        <p>
          <span className="font-medium">{token.name}</span>{' '}
          <span className="text-muted">{describeGrants(token.grants)}</span>
        </p>
        <p className="text-muted text-xs">
          made <Ago atMs={token.createdAtMs} /> by {token.createdBy},{' '}
          {token.lastUsedAtMs === undefined ? (
            'never used'
          ) : (
            <>
              last used <Ago atMs={token.lastUsedAtMs} />
            </>
          )}
          ,{' '}
          {token.revokedAtMs === undefined ? (
            <>
              {token.expiresAtMs <= nowMs ? 'expired' : 'expires'} <Ago atMs={token.expiresAtMs} />
            </>
          ) : (
            <>
              revoked <Ago atMs={token.revokedAtMs} />
            </>
          )}
        </p>
      </div>
      {isAdmin && !isGone ? (
        <Button onClick={() => setRevoking(true)} aria-label={`Revoke ${token.name}`}>
          Revoke…
        </Button>
      ) : null}
      {isRevoking ? <RevokeDialog token={token} onClose={() => setRevoking(false)} /> : null}
    </li>
  )
}

function RevokeDialog(props: {
  readonly token: TokenView
  readonly onClose: () => void
}): ReactNode {
  const { token, onClose } = props
  const queries = useQueryClient()
  const revoking = useMutation({
    mutationFn: () =>
      ask({
        method: 'DELETE',
        path: `/v1/tokens/${encodeURIComponent(token.id)}`,
        ifMatch: token.etag,
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
      onClose()
    },
  })
  return (
    <Dialog title={`Revoke ${token.name}?`} onClose={onClose}>
      <p>
        Whoever uses it is refused from now on. Ramps that it has opened go on. This cannot be taken
        back; another token can be made.
      </p>
      <div className="mt-2">
        <Complaint sentence={revoking.error?.message} />
      </div>
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={onClose}>Leave it</Button>
        <Button weight="danger" disabled={revoking.isPending} onClick={() => revoking.mutate()}>
          Revoke
        </Button>
      </div>
    </Dialog>
  )
}
