/** What differs between two revisions, place by place, and what that means for the plan. */
import type { ReactNode } from 'react'
import type { RevisionChange } from '../../server/wire/contracts.ts'
import { Mark } from '../part/tone.tsx'

const SIGNS = { added: '+', removed: '−', changed: '~' } as const

/** Draws it. */
export function ChangeList(props: {
  readonly changes: readonly RevisionChange[]
  readonly consequences: readonly string[]
}): ReactNode {
  const { changes, consequences } = props
  return (
    <div className="flex flex-col gap-4">
      <div>
        <h3 className="mb-1 font-semibold text-[0.8125rem]">What it means</h3>
        {consequences.length === 0 ? (
          <p className="flex items-center gap-2 text-muted">
            <Mark tone="good" /> The plan is the same.
          </p>
        ) : (
          <ul className="list-disc pl-4 marker:text-firm">
            {consequences.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
      </div>
      <div className="rounded-lg border border-line bg-panel">
        {changes.length === 0 ? (
          <p className="px-4 py-3 text-muted">Not a word differs.</p>
        ) : (
          <ul className="divide-y divide-line font-mono text-[0.78rem]">
            {changes.map((change) => (
              <li key={`${change.change} ${change.path}`} className="px-4 py-2">
                <p className="break-all">
                  <span className="mr-2 text-muted">{SIGNS[change.change]}</span>
                  <span className="sr-only">{change.change}: </span>
                  {change.path}
                </p>
                {change.before === undefined ? null : (
                  <p className="mt-1 break-all rounded bg-bad-soft px-2 py-0.5 text-bad">
                    − {change.before}
                  </p>
                )}
                {change.after === undefined ? null : (
                  <p className="mt-1 break-all rounded bg-good-soft px-2 py-0.5 text-good">
                    + {change.after}
                  </p>
                )}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  )
}
