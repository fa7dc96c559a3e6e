/** The overview of a server that has nothing yet: what to do first. */
import type { ReactNode } from 'react'
import { Page } from '../part/panel.tsx'
import { Copyable } from '../part/short-text.tsx'

const STEPS: readonly (readonly [string, string, string])[] = [
  [
    'Write a contract',
    'rampart init',
    'A file that says what comes up, in which order, and what proves it.',
  ],
  [
    'See what it means',
    'rampart plan',
    'The stages, what each waits for, and how the time adds up.',
  ],
  ['Bring it up', 'rampart up', 'This page shows it as it happens; nothing needs to be reloaded.'],
]

/** Three steps. */
export function FirstSteps(): ReactNode {
  return (
    <Page title="Overview" about="Nothing has been ramped here yet.">
      <ol className="grid gap-px overflow-hidden rounded-lg border border-line bg-line md:grid-cols-3">
        {STEPS.map(([title, command, about], index) => (
          <li key={command} className="flex flex-col gap-2 bg-panel p-5">
            <span className="numbers text-accent text-xs">Step {index + 1}</span>
            <h2 className="font-semibold text-base">{title}</h2>
            <p className="text-muted">{about}</p>
            <p className="mt-auto pt-3">
              <Copyable text={command} label={command} />
            </p>
          </li>
        ))}
      </ol>
      <p className="text-muted">
        No contract at hand? <Copyable text="rampart demo" label="the demo's command" /> brings up a
        small shop in two regions.
      </p>
    </Page>
  )
}
