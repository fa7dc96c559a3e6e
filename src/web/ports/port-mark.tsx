/** How a port is doing, told by a shape and a word; colour only underlines it. */
import { clsx } from 'clsx'
import {
  ArrowLeftRight,
  Bookmark,
  CircleCheck,
  Ghost,
  Hourglass,
  Lock,
  LogOut,
  type LucideIcon,
  ShieldAlert,
  Snowflake,
  UserX,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { PortState } from '../../core/port/port-lease.ts'

interface Told {
  readonly icon: LucideIcon
  readonly text: string
  readonly ground: string
  readonly bar: string
  /** What the state means, in a sentence. */
  readonly means: string
}

const MUTED = { text: 'text-muted', ground: 'bg-sunken text-muted', bar: 'bg-muted' }
const BLUE = { text: 'text-accent', ground: 'bg-accent-soft text-accent', bar: 'bg-accent' }
const GOOD = { text: 'text-good', ground: 'bg-good-soft text-good', bar: 'bg-good' }
const WARN = { text: 'text-warn', ground: 'bg-warn-soft text-warn', bar: 'bg-warn' }
const BAD = { text: 'text-bad', ground: 'bg-bad-soft text-bad', bar: 'bg-bad' }

const STATES: Readonly<Record<PortState, Told>> = {
  reserved: { ...MUTED, icon: Bookmark, means: 'Nobody else gets it; no socket proves that.' },
  held: { ...BLUE, icon: Lock, means: 'A socket holds it, so that the kernel refuses all others.' },
  assigned: { ...BLUE, icon: Hourglass, means: 'A process has it, and does not listen yet.' },
  ready: { ...GOOD, icon: CircleCheck, means: 'Its process listens, by the word of the kernel.' },
  active: { ...GOOD, icon: ArrowLeftRight, means: 'Its process listens, and is sent traffic.' },
  draining: { ...WARN, icon: LogOut, means: 'It gets nothing new; what is under way goes on.' },
  cooling: {
    ...MUTED,
    icon: Snowflake,
    means: 'Nobody listens; only the same service may have it.',
  },
  stolen: { ...BAD, icon: UserX, means: 'A stranger listens on it.' },
  orphaned: { ...BAD, icon: Ghost, means: 'Its owner is dead, but something of it still listens.' },
  quarantined: {
    ...BAD,
    icon: ShieldAlert,
    means: 'What holds it cannot be told; nobody gets it.',
  },
}

/** What a state means. */
export function meaningOf(state: PortState): string {
  return STATES[state].means
}

/** The colour of a state as a bar. */
export function barOf(state: PortState): string {
  return STATES[state].bar
}

/** The shape alone; beside it there must be a word. */
export function PortMark({ state }: { readonly state: PortState }): ReactNode {
  const { icon: Shape, text } = STATES[state]
  return (
    <Shape aria-hidden="true" size={13} strokeWidth={2.25} className={clsx('shrink-0', text)} />
  )
}

/** The shape with its word. */
export function PortPill({ state }: { readonly state: PortState }): ReactNode {
  const { ground, means } = STATES[state]
  return (
    <span
      title={means}
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap rounded-full py-0.5 pr-2.5 pl-1.5',
        'font-medium text-xs',
        ground,
      )}
    >
      <PortMark state={state} />
      {state}
    </span>
  )
}

/** Says that a port is a front: it stays the same while what serves behind it changes. */
export function FrontTag({ front }: { readonly front: 'http' | 'tcp' }): ReactNode {
  return (
    <span
      title={`A front for ${front}: it stays the same, and sends what comes to the start that serves.`}
      className="whitespace-nowrap rounded border border-firm px-1 text-[0.7rem] text-muted leading-4"
    >
      front
    </span>
  )
}
