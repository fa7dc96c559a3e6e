/** Five numbers, each of which leads to what it counts. */
import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import type { ApprovalView } from '../../server/wire/approvals.ts'
import { Mark, type Tone } from '../part/tone.tsx'
import type { Picture } from './sort-out.ts'

/** The strip of numbers. */
export function Tally(props: {
  readonly picture: Picture
  readonly approvals: readonly ApprovalView[]
}): ReactNode {
  const { picture, approvals } = props
  const { promises, stuck, moving, watching, broke } = picture
  const cells: readonly {
    readonly title: string
    readonly count: number
    readonly tone: Tone
    readonly to: string
  }[] = [
    { title: 'Broken promises', count: promises.length, tone: 'bad', to: '#needs' },
    { title: 'Held', count: stuck.length, tone: 'held', to: '#needs' },
    { title: 'Approvals wanted', count: approvals.length, tone: 'held', to: '#needs' },
    { title: 'Under way', count: moving.length, tone: 'moving', to: '#moving' },
    { title: 'Watching', count: watching.length, tone: 'watching', to: '#environments' },
    { title: 'Broke in the last day', count: broke.length, tone: 'bad', to: '#broke' },
  ]
  return (
    <ul className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3 lg:grid-cols-6">
      {cells.map(({ title, count, tone, to }) => (
        <li key={title} className="bg-panel">
          <a href={to} className="flex h-full flex-col gap-1 px-4 py-3 hover:bg-sunken">
            <span className="flex items-center gap-1.5 text-muted text-xs">
              <Mark
                tone={count === 0 ? 'waiting' : tone === 'moving' ? 'moving' : tone}
                size={13}
              />
              {title}
            </span>
            <span
              className={clsx(
                'numbers font-semibold text-2xl leading-none tracking-tight',
                count === 0 && 'text-muted',
              )}
            >
              {count}
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}
