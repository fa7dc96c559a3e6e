/** For an address that leads nowhere. */
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Page } from '../part/panel.tsx'
import { Empty } from '../part/state-note.tsx'

/** Says so, and leads back. */
export function LostPage(): ReactNode {
  return (
    <Page title="No such page">
      <Empty title="This address leads nowhere.">
        It may be of another version. The{' '}
        <Link to="/" className="text-accent underline">
          overview
        </Link>{' '}
        leads everywhere.
      </Empty>
    </Page>
  )
}
