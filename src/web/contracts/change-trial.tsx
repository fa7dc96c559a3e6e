/** Tries a change of a contract without making it: what is wrong where, and what it would do. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type {
  AppliedContract,
  ApplyReply,
  Issue,
  RevisionView,
} from '../../server/wire/contracts.ts'
import { mayOperate } from '../api/may.ts'
import { meQuery } from '../api/queries.ts'
import { ask } from '../api/request.ts'
import { Button } from '../part/button.tsx'
import { Mark } from '../part/tone.tsx'
import { ApplyDialog, Touched, WordsTaken } from './apply-dialog.tsx'
import { ChangeList } from './change-list.tsx'
import { ContractText } from './contract-text.tsx'
import { printDocument } from './print-document.ts'

/** A text to change, and what the server says of it. */
export function ChangeTrial({ revision }: { readonly revision: RevisionView }): ReactNode {
  const [text, setText] = useState(() => printDocument(revision.document))
  const [isApplying, setApplying] = useState(false)
  const { data: me } = useQuery(meQuery)
  const { kind, name, digest } = revision
  const mayTry = mayOperate(me, { kind, name })
  const path = `${name}.yaml`
  const trial = useMutation({
    mutationFn: (dryRun: boolean) =>
      ask<ApplyReply>({
        method: 'POST',
        path: '/v1/apply',
        body: { sources: [{ path, text }], dryRun },
      }),
  })
  const issues = trial.data?.issues ?? []
  const applied = trial.data?.contracts[0]
  const canApply = trial.data?.dryRun === true && issues.length === 0 && applied !== undefined
  return (
    <div className="flex flex-col gap-4">
      <textarea
        aria-label={`Text of ${name}`}
        spellCheck={false}
        className="h-[24rem] w-full resize-y rounded-lg border border-firm bg-panel p-4 font-mono text-[0.78rem] leading-5"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          trial.reset()
        }}
      />
      <div className="flex items-center gap-3">
        <Button
          weight="main"
          disabled={!mayTry || trial.isPending}
          aria-describedby="trial-note"
          onClick={() => trial.mutate(true)}
        >
          Try it
        </Button>
        {canApply && applied.outcome !== 'unchanged' ? (
          <Button onClick={() => setApplying(true)}>
            {applied.outcome === 'proposed' ? 'Propose…' : 'Apply…'}
          </Button>
        ) : null}
        <span id="trial-note" className="text-muted text-xs">
          {mayTry ? 'Trying changes nothing.' : `This is for operators of ${kind}/${name}.`}
        </span>
      </div>
      <div aria-live="polite" className="flex flex-col gap-4">
        {trial.isError ? (
          <p role="alert" className="text-bad">
            {trial.error.message}
          </p>
        ) : null}
        {issues.length > 0 ? <Issues text={text} issues={issues} /> : null}
        {issues.length === 0 && applied !== undefined ? <Outcome applied={applied} /> : null}
      </div>
      {isApplying && applied !== undefined ? (
        <ApplyDialog
          text={text}
          path={path}
          contract={{ kind, name, digest }}
          applied={applied}
          onClose={() => setApplying(false)}
        />
      ) : null}
    </div>
  )
}

function Issues(props: { readonly text: string; readonly issues: readonly Issue[] }): ReactNode {
  const { text, issues } = props
  const number = issues.length === 1 ? 'One thing is' : `${issues.length} things are`
  return (
    <>
      <div className="rounded-lg border border-line bg-panel px-4 py-3">
        <p className="mb-1 flex items-center gap-2 font-medium">
          <Mark tone="bad" /> {number} wrong
        </p>
        <ul className="flex flex-col gap-1">
          {issues.map((issue) => (
            <li key={`${issue.code} ${issue.path} ${issue.line}`}>
              <a
                href={`#line-${issue.line ?? 1}`}
                className="numbers font-mono text-accent text-xs"
              >
                {issue.line ?? '?'}:{issue.column ?? '?'}
              </a>{' '}
              {issue.message}
              {issue.expected === undefined ? '' : `; expected ${issue.expected}`}
              {issue.nearest === undefined ? '' : `; did you mean ${issue.nearest}?`}
            </li>
          ))}
        </ul>
      </div>
      <ContractText text={text} issues={issues} />
    </>
  )
}

function Outcome({ applied }: { readonly applied: AppliedContract }): ReactNode {
  const { outcome, changes, consequences, touches, owners = [] } = applied
  if (outcome === 'unchanged')
    return <p className="text-muted">It is the latest revision already.</p>
  return (
    <>
      <ChangeList changes={changes} consequences={consequences} />
      <WordsTaken owners={owners} />
      <Touched touches={touches} />
    </>
  )
}
