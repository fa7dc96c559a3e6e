/** Who may do what, and who is told: the reader, tokens, people, webhooks. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { mayManage } from '../api/may.ts'
import { meQuery } from '../api/queries.ts'
import { Page } from '../part/panel.tsx'
import { type Tab, Tabs } from '../part/tabs.tsx'
import { MeView } from './me-view.tsx'
import { PeopleView } from './people-view.tsx'
import { TokensView } from './tokens-view.tsx'
import { WebhooksView } from './webhooks-view.tsx'

type ViewName = 'me' | 'tokens' | 'people' | 'webhooks'

const TABS: readonly Tab<ViewName>[] = [
  { name: 'me', title: 'You' },
  { name: 'tokens', title: 'Tokens' },
  { name: 'people', title: 'People' },
  { name: 'webhooks', title: 'Webhooks' },
]

/** The page. */
export function AccessPage(): ReactNode {
  const search = useSearch({ from: '/access' })
  const navigate = useNavigate({ from: '/access' })
  const { data: me } = useQuery(meQuery)
  const view = TABS.find(({ name }) => name === search.view)?.name ?? 'me'
  const isAdmin = mayManage(me)
  return (
    <Page title="Access" about="Who may look, speak, approve and change, and who is told.">
      <Tabs
        tabs={TABS}
        open={view}
        label="Parts of access"
        onOpen={(name) => void navigate({ search: { view: name } })}
      >
        {view === 'tokens' ? (
          <TokensView isAdmin={isAdmin} />
        ) : view === 'people' ? (
          <PeopleView isAdmin={isAdmin} />
        ) : view === 'webhooks' ? (
          <WebhooksView isAdmin={isAdmin} />
        ) : (
          <MeView />
        )}
      </Tabs>
    </Page>
  )
}
