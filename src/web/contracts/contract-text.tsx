/** The text of a contract with numbered lines, and what is wrong where. */
import { clsx } from 'clsx'
import type { ReactNode } from 'react'
import type { Issue } from '../../server/wire/contracts.ts'

/** Draws it. */
export function ContractText(props: {
  readonly text: string
  readonly issues: readonly Issue[]
}): ReactNode {
  const { text, issues } = props
  const lines = text.trimEnd().split('\n')
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-panel py-2">
      <ol className="min-w-max font-mono text-[0.78rem] leading-5">
        {lines.map((line, index) => {
          const here = issues.filter((issue) => issue.line === index + 1)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its number alone.
            <li key={index} id={`line-${index + 1}`}>
              <span
                className={clsx('flex gap-4 whitespace-pre px-4', here.length > 0 && 'bg-bad-soft')}
              >
                <span
                  aria-hidden="true"
                  className="numbers w-8 shrink-0 select-none text-right text-muted"
                >
                  {index + 1}
                </span>
                <Line text={line} />
              </span>
              {here.map((issue) => (
                <span
                  key={`${issue.code} ${issue.path}`}
                  className="flex gap-4 whitespace-pre bg-bad-soft px-4 text-bad"
                >
                  <span className="w-8 shrink-0" />
                  {' '.repeat(Math.max(0, (issue.column ?? 1) - 1))}↑ {issue.message}
                </span>
              ))}
            </li>
          )
        })}
      </ol>
    </div>
  )
}

/** A line of YAML with its key told from its value. */
function Line({ text }: { readonly text: string }): ReactNode {
  const match = /^(\s*(?:- )*)([\w./-]+:)(.*)$/.exec(text)
  if (match === null) return <span>{text}</span>
  const [, indent = '', key = '', value = ''] = match
  return (
    <span>
      {indent}
      <span className="text-accent">{key}</span>
      {value}
    </span>
  )
}
