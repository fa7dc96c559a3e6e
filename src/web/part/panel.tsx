/** What pages are made of: a page with its heading, and panels with theirs. */
import { clsx } from 'clsx'
import { type ReactNode, useEffect, useId } from 'react'

/** A page: its title, what it is about in a line, and what can be done there. */
export function Page(props: {
  readonly title: string
  /** What the browser's tab says, when not the title. */
  readonly tab?: string
  readonly about?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}): ReactNode {
  const { title, tab = title, about, actions, children } = props
  useEffect(() => {
    document.title = `${tab} · Rampart`
  }, [tab])
  return (
    <div className="mx-auto flex w-full max-w-[88rem] flex-col gap-5 px-4 py-5 sm:px-7">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
          {about === undefined ? null : <p className="mt-0.5 text-muted">{about}</p>}
        </div>
        {actions === undefined ? null : <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** A panel with a heading. */
export function Panel(props: {
  readonly title: string
  readonly count?: number | undefined
  /** Whether there are more than were counted. */
  readonly hasMore?: boolean
  readonly aside?: ReactNode
  readonly id?: string
  readonly className?: string
  readonly isFlush?: boolean
  readonly children: ReactNode
}): ReactNode {
  const heading = useId()
  return (
    <section
      id={props.id}
      aria-labelledby={heading}
      className={clsx('min-w-0 rounded-lg border border-line bg-panel', props.className)}
    >
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-2 border-line border-b px-4 py-1.5">
        <h2 id={heading} className="font-semibold text-[0.8125rem]">
          {/* The space is for the ear: without it a title and its count are read as one word. */}
          {props.title}{' '}
          {props.count === undefined ? null : (
            <span className="numbers ml-1 font-normal text-muted">
              {props.count}
              {props.hasMore === true ? ' and more' : ''}
            </span>
          )}
        </h2>
        {props.aside}
      </div>
      <div className={props.isFlush === true ? undefined : 'p-4'}>{props.children}</div>
    </section>
  )
}
