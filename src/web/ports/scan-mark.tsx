/** How bad something in a scan is, told by a shape and a word; colour only underlines it. */
import { clsx } from 'clsx'
import { Info, type LucideIcon, OctagonX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Severity } from '../../core/port/written-claim.ts'

const SHAPES: Readonly<
  Record<Severity, { readonly icon: LucideIcon; readonly ground: string; readonly word: string }>
> = {
  error: { icon: OctagonX, ground: 'bg-bad-soft text-bad', word: 'error' },
  warning: { icon: TriangleAlert, ground: 'bg-warn-soft text-warn', word: 'warning' },
  note: { icon: Info, ground: 'bg-sunken text-muted', word: 'guess' },
}

/** The shape with its word, or with how many there are. */
export function SeverityPill(props: {
  readonly severity: Severity
  readonly count?: number
}): ReactNode {
  const { icon: Shape, ground, word } = SHAPES[props.severity]
  const { count } = props
  const words = count === undefined ? word : `${count} ${count === 1 ? word : pluralOf(word)}`
  return (
    <span
      className={clsx(
        'numbers inline-flex items-center gap-1.5 whitespace-nowrap rounded-full py-0.5 pr-2.5 pl-1.5',
        'font-medium text-xs',
        ground,
      )}
    >
      <Shape aria-hidden="true" size={13} strokeWidth={2.25} className="shrink-0" />
      {words}
    </span>
  )
}

function pluralOf(word: string): string {
  return word === 'guess' ? 'guesses' : `${word}s`
}
