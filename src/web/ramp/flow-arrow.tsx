/** What goes to one side of a change, told by a line and a word. */
import { clsx } from 'clsx'
import type { ReactNode } from 'react'

/** How much comes there: what is new, what is left, nothing. */
export type Flow = 'traffic' | 'finishing' | 'nothing'

const FLOWS: Readonly<Record<Flow, { readonly line: string; readonly text: string }>> = {
  traffic: { line: 'border-accent border-solid border-l-[3px]', text: 'text-accent font-medium' },
  finishing: { line: 'border-warn border-dashed border-l-2', text: 'text-warn' },
  nothing: { line: 'border-firm border-dotted border-l-2', text: 'text-muted' },
}

/** Draws it. */
export function FlowArrow(props: { readonly flow: Flow; readonly word: string }): ReactNode {
  const { line, text } = FLOWS[props.flow]
  return (
    <div className="flex h-14 items-stretch justify-center">
      <span className="relative flex">
        <span aria-hidden="true" className={clsx('h-full', line)} />
        <span
          className={clsx(
            'absolute top-1/2 left-2.5 -translate-y-1/2 whitespace-nowrap text-xs',
            text,
          )}
        >
          {props.word}
        </span>
      </span>
    </div>
  )
}
