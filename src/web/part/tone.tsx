/** How a thing is doing, told by a shape and a word; colour only underlines it. */
import { clsx } from 'clsx'
import {
  Circle,
  CircleCheck,
  CircleMinus,
  CirclePause,
  Eye,
  LoaderCircle,
  type LucideIcon,
  OctagonX,
  Undo2,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { Mood } from '../../core/telling/stage-rows.ts'

/** A mood, or one of the ways a whole ramp can be. */
export type Tone = Mood | 'held' | 'watching' | 'undoing'

const SHAPES: Readonly<Record<Tone, LucideIcon>> = {
  waiting: Circle,
  moving: LoaderCircle,
  good: CircleCheck,
  bad: OctagonX,
  gone: CircleMinus,
  held: CirclePause,
  watching: Eye,
  undoing: Undo2,
}

const COLOURS: Readonly<Record<Tone, string>> = {
  waiting: 'text-muted',
  moving: 'text-accent',
  good: 'text-good',
  bad: 'text-bad',
  gone: 'text-muted',
  held: 'text-warn',
  watching: 'text-good',
  undoing: 'text-warn',
}

const GROUNDS: Readonly<Record<Tone, string>> = {
  waiting: 'bg-sunken text-muted',
  moving: 'bg-accent-soft text-accent',
  good: 'bg-good-soft text-good',
  bad: 'bg-bad-soft text-bad',
  gone: 'bg-sunken text-muted',
  held: 'bg-warn-soft text-warn',
  watching: 'bg-good-soft text-good',
  undoing: 'bg-warn-soft text-warn',
}

/** The colour of text in a tone. */
export function toneText(tone: Tone): string {
  return COLOURS[tone]
}

/** The shape alone; beside it there must be a word. */
export function Mark({
  tone,
  size = 15,
}: {
  readonly tone: Tone
  readonly size?: number
}): ReactNode {
  const Shape = SHAPES[tone]
  return (
    <Shape
      aria-hidden="true"
      size={size}
      strokeWidth={2.25}
      className={clsx('shrink-0', COLOURS[tone], tone === 'moving' && 'turning')}
    />
  )
}

/** The shape with its word. */
export function Pill({ tone, word }: { readonly tone: Tone; readonly word: string }): ReactNode {
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap rounded-full py-0.5 pr-2.5 pl-1.5',
        'font-medium text-xs',
        GROUNDS[tone],
      )}
    >
      <Mark tone={tone} size={13} />
      {word}
    </span>
  )
}
