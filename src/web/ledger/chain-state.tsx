/** Whether the chain holds: asked for by a person, since it reads everything. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { verificationQuery } from '../api/queries.ts'
import { Button } from '../part/button.tsx'
import { Mark } from '../part/tone.tsx'

/** The strip above the entries. */
export function ChainState(props: { readonly entries: number | undefined }): ReactNode {
  const { entries } = props
  const query = useQuery({ ...verificationQuery, enabled: false })
  const { data } = query
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-2 rounded-lg border border-line bg-panel px-4 py-2.5">
      <span className="numbers">
        <strong className="font-semibold">{entries?.toLocaleString() ?? '…'}</strong>{' '}
        <span className="text-muted">{entries === 1 ? 'entry' : 'entries'}</span>
      </span>
      <span role="status" className="flex min-w-0 items-center gap-2">
        {data === undefined ? (
          <span className="text-muted">
            {query.isFetching
              ? 'Reading every entry…'
              : query.isError
                ? `Could not be verified: ${query.error.message}`
                : 'Not verified since this page was opened.'}
          </span>
        ) : data.verdict === 'intact' ? (
          <>
            <Mark tone="good" />
            <span>
              Intact: {data.entries.toLocaleString()} entries, {data.checkpoints} signed{' '}
              {data.checkpoints === 1 ? 'checkpoint' : 'checkpoints'}, head{' '}
              <code className="font-mono text-[0.78rem]" title={data.head}>
                {data.head.slice(0, 12)}
              </code>
            </span>
          </>
        ) : (
          <>
            <Mark tone="bad" />
            <span className="text-bad">
              Broken at {data.position}: {data.sentence}
            </span>
          </>
        )}
      </span>
      <Button className="ml-auto" disabled={query.isFetching} onClick={() => void query.refetch()}>
        Verify
      </Button>
    </div>
  )
}
