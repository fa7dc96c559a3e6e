/** What stands around every page: where one can go, whether it is live, and who is asking. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { approvalsQuery, daemonQuery, meQuery } from '../api/queries.ts'
import { statusOf } from '../api/request-failure.ts'
import { Button } from '../part/button.tsx'
import { Key } from '../part/short-text.tsx'
import { Connection } from './connection.tsx'
import { Finder } from './finder.tsx'
import { HelpDialog } from './help-dialog.tsx'
import { useKeyboard } from './keyboard.ts'
import { SECTIONS, type Section } from './sections.ts'
import { SignIn } from './sign-in.tsx'
import { ThemeButton } from './theme-button.tsx'
import { Wordmark } from './wordmark.tsx'

/** The frame of the dashboard. */
export function Shell(): ReactNode {
  const me = useQuery(meQuery)
  const daemon = useQuery(daemonQuery)
  const [opened, setOpened] = useState<'help' | 'finder' | undefined>()
  const close = (): void => setOpened(undefined)
  useKeyboard({ onHelp: () => setOpened('help'), onFind: () => setOpened('finder') })
  if (statusOf(me.error) === 401 || statusOf(daemon.error) === 401) return <SignIn />
  return (
    <div className="flex min-h-dvh flex-col md:grid md:grid-cols-[13rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:bg-panel focus:p-2"
      >
        Skip to the content
      </a>
      <div className="flex flex-col border-line border-b bg-panel md:sticky md:top-0 md:h-dvh md:border-r md:border-b-0">
        <div className="flex items-center justify-between gap-2 px-4 pt-3 pb-2 md:h-14 md:py-0">
          <Link to="/" aria-label="Rampart, overview">
            <Wordmark />
          </Link>
          <span className="flex items-center gap-2 md:hidden">
            <Connection />
            <ThemeButton />
          </span>
        </div>
        <FindButton onFind={() => setOpened('finder')} />
        <Sections />
        <div className="mt-auto hidden flex-col gap-2 border-line border-t p-3 md:flex">
          <Connection />
          <div className="flex items-center justify-between">
            <span className="min-w-0 truncate text-muted text-xs" title={me.data?.name}>
              {me.data?.name ?? 'Local owner'}
            </span>
            <span className="flex">
              <Button
                weight="quiet"
                className="w-8 px-0"
                aria-label="Keys"
                title="Keys (?)"
                onClick={() => setOpened('help')}
              >
                <Key>?</Key>
              </Button>
              <ThemeButton />
            </span>
          </div>
        </div>
      </div>
      <main id="content" tabIndex={-1} className="min-w-0 outline-none">
        <Outlet />
      </main>
      {opened === 'help' ? <HelpDialog onClose={close} /> : null}
      {opened === 'finder' ? <Finder onClose={close} /> : null}
    </div>
  )
}

function FindButton({ onFind }: { readonly onFind: () => void }): ReactNode {
  return (
    <div className="hidden px-3 pb-2 md:block">
      <button
        type="button"
        onClick={onFind}
        className="flex h-8 w-full items-center gap-2 rounded-md border border-line bg-sunken px-2 text-muted text-xs hover:text-ink"
      >
        <Search aria-hidden="true" size={13} />
        Find
        <span className="ml-auto">
          <Key>/</Key>
        </span>
      </button>
    </div>
  )
}

function Sections(): ReactNode {
  const approvals = useInfiniteQuery(approvalsQuery)
  const waiting = approvals.data?.filter(({ mayApprove }) => mayApprove).length ?? 0
  const nav = useRef<HTMLElement>(null)
  const path = useLocation({ select: ({ pathname }) => pathname })
  useEffect(() => bringIntoView(nav.current, path), [path])
  return (
    <nav
      ref={nav}
      aria-label="Sections"
      className="relative shrink-0 overflow-x-auto px-3 pb-2 md:shrink"
    >
      <ul className="flex gap-0.5 md:flex-col">
        {SECTIONS.map((section) => (
          <li key={section.to}>
            <SectionLink section={section} count={section.to === '/approvals' ? waiting : 0} />
          </li>
        ))}
      </ul>
    </nav>
  )
}

/** On a phone not all sections have room: brings the one of this page into view, and moves nothing else. */
function bringIntoView(nav: HTMLElement | null, path: string): void {
  const link = nav?.querySelector<HTMLElement>(`a[href="/${path.split('/')[1] ?? ''}"]`)
  if (nav === null || link === null || link === undefined) return
  nav.scrollLeft = link.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2
}

function SectionLink(props: { readonly section: Section; readonly count: number }): ReactNode {
  const { title, to, icon: Icon, key } = props.section
  return (
    <Link
      to={to}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      title={`${title} (g ${key})`}
      className="flex h-8 items-center gap-2 rounded-md px-2 text-muted hover:bg-sunken hover:text-ink data-[status=active]:bg-accent-soft data-[status=active]:font-medium data-[status=active]:text-accent"
    >
      <Icon aria-hidden="true" size={15} />
      {title}
      {props.count === 0 ? null : (
        <span className="numbers ml-auto rounded-full bg-warn-soft px-1.5 text-warn text-xs">
          {props.count}
          <span className="sr-only"> wait for you</span>
        </span>
      )}
    </Link>
  )
}
