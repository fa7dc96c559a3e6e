/** What the components of a ramp write, as they write it: of one, or of all of them side by side. */
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { RampState } from '../../core/ramp/state.ts'
import { followLogs, type LogsPicture } from '../api/logs.ts'
import { SearchField } from '../part/field.tsx'
import { Empty, Trouble } from '../part/state-note.tsx'
import { exactUtc } from '../part/time.tsx'

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hour12: false,
})

/** Draws them. */
export function LogsView(props: {
  readonly state: RampState
  readonly stage: string | undefined
}): ReactNode {
  const { state, stage } = props
  const contract = state.plan.contract.name
  const [picture, setPicture] = useState<LogsPicture>({ lines: [], error: undefined })
  const [find, setFind] = useState('')
  useEffect(() => {
    setPicture({ lines: [], error: undefined })
    return followLogs(contract, stage, setPicture)
  }, [contract, stage])
  const wanted = find.trim().toLowerCase()
  const lines = picture.lines.filter(({ text }) => text.toLowerCase().includes(wanted))
  const box = useStickToEnd(lines.length)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <SearchField
          label="Filter lines"
          placeholder="Filter lines"
          value={find}
          onChange={setFind}
        />
        <span className="numbers text-muted text-xs">
          {lines.length} lines of {stage ?? 'every component'}
        </span>
      </div>
      <div className="rounded-lg border border-line bg-panel">
        {lines.length > 0 ? (
          <div
            ref={box}
            role="log"
            aria-label={`Lines of ${stage ?? 'every component'}`}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls is scrolled with keys.
            tabIndex={0}
            className="h-[26rem] overflow-auto py-2 font-mono text-[0.75rem] leading-5"
          >
            {lines.map(({ key, subject, stream, atMs, text }) => (
              <div key={key} className="flex gap-3 whitespace-pre px-4 hover:bg-sunken">
                <time className="shrink-0 text-muted" title={exactUtc(atMs)}>
                  {CLOCK.format(atMs)}
                </time>
                {stage === undefined ? (
                  <span className="w-32 shrink-0 truncate text-muted" title={subject}>
                    {subject.slice(contract.length + 1)}
                  </span>
                ) : null}
                <span
                  className={
                    stream === 'err' ? 'text-bad' : stream === 'note' ? 'text-muted italic' : ''
                  }
                >
                  {stream === 'err' ? <span className="sr-only">error output: </span> : null}
                  {text}
                </span>
              </div>
            ))}
          </div>
        ) : picture.error === undefined ? (
          <Empty title="No line so far.">Lines appear here as components write them.</Empty>
        ) : (
          <Trouble error={picture.error} what={`The log of ${stage ?? 'the components'}`} />
        )}
      </div>
    </div>
  )
}

/** Keeps the newest line in sight, unless the reader has scrolled away from it. */
function useStickToEnd(count: number) {
  const box = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const look = (): void => {
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 40
    }
    element.addEventListener('scroll', look, { passive: true })
    return () => element.removeEventListener('scroll', look)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the number of lines that moves the end.
  useEffect(() => {
    if (isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [count])
  return box
}
