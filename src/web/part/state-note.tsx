/** What is shown instead of content: nothing yet, something wrong, or not to be had here. */
import { CircleSlash, Inbox, ServerOff, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { isNotOffered, RequestFailure } from '../api/request-failure.ts'
import { Button } from './button.tsx'

interface Note {
  readonly icon: ReactNode
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
  readonly role?: 'alert' | 'status'
}

function StateNote({ icon, title, children, action, role }: Note): ReactNode {
  return (
    <div role={role} className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <span className="text-muted">{icon}</span>
      <p className="font-medium">{title}</p>
      {children === undefined ? null : (
        <div className="max-w-[34rem] text-muted leading-relaxed">{children}</div>
      )}
      {action}
    </div>
  )
}

/** Nothing is there, and what would put something there. */
export function Empty(props: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <StateNote icon={<Inbox aria-hidden="true" size={22} />} title={props.title}>
      {props.children}
    </StateNote>
  )
}

/** What went wrong, and what to do about it. */
export function Trouble(props: {
  readonly error: unknown
  /** What was wanted, as the beginning of a sentence: `The list of ramps`. */
  readonly what: string
  readonly onRetry?: () => void
}): ReactNode {
  const { error, what, onRetry } = props
  if (isNotOffered(error)) return <NotOffered what={what} />
  const retry =
    onRetry === undefined ? undefined : (
      <Button onClick={onRetry} className="mt-1">
        Try again
      </Button>
    )
  if (error instanceof RequestFailure && error.status === 403) {
    const icon = <CircleSlash aria-hidden="true" size={22} />
    return (
      <StateNote icon={icon} title={`${what} is not for you to see.`} role="status">
        {error.message} Ask an admin for a role that may.
      </StateNote>
    )
  }
  const icon = <TriangleAlert aria-hidden="true" size={22} />
  const sentence = error instanceof Error ? error.message : String(error)
  return (
    <StateNote icon={icon} title={`${what} could not be read.`} role="alert" action={retry}>
      {sentence}
    </StateNote>
  )
}

/** This server has no such thing. */
export function NotOffered(props: {
  readonly what: string
  readonly children?: ReactNode
}): ReactNode {
  return (
    <StateNote
      icon={<ServerOff aria-hidden="true" size={22} />}
      title={`This server does not offer ${props.what.replace(/^The /, 'the ')}.`}
      role="status"
    >
      {props.children ?? 'It may be older than this page, or run for one person alone.'}
    </StateNote>
  )
}

/** Something is on its way; as tall as what will stand there, so that nothing jumps. */
export function Waiting({ lines = 3 }: { readonly lines?: number }): ReactNode {
  const rows = Array.from({ length: lines }, (_, line) => line)
  return (
    <div role="status" aria-label="Loading" className="flex flex-col">
      {rows.map((line) => (
        <div
          key={line}
          className="flex h-11 items-center border-line border-b px-4 last:border-b-0"
        >
          <div className="h-2.5 w-2/5 rounded bg-sunken" />
        </div>
      ))}
    </div>
  )
}
