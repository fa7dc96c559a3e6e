/** The grants of somebody while they are changed, each with its fields, added to and taken away. */
import { type ReactNode, useRef } from 'react'
import { flushSync } from 'react-dom'
import type { PersonView } from '../../server/wire/access.ts'
import { describeGrant } from '../../server/wire/grant-words.ts'
import { Button } from '../part/button.tsx'
import { draftOf, type GrantDraft, readGrant } from './grant-draft.ts'
import { GrantFields } from './grant-fields.tsx'

/** A grant that is changed, known by its key whatever stands in it. */
export interface Row {
  readonly key: number
  readonly draft: GrantDraft
}

const NEW: GrantDraft = { role: 'viewer', where: '', labels: '' }

/** What was granted by name; of somebody new, a first role. */
export function rowsOf(person: PersonView | undefined): readonly Row[] {
  const drafts = person === undefined ? [NEW] : person.granted.map(draftOf)
  return drafts.map((draft, key) => ({ key, draft }))
}

/** Draws them. */
export function GrantRows(props: {
  readonly rows: readonly Row[]
  /** Whether somebody wanted to grant them, and is told what is wrong. */
  readonly isTried: boolean
  readonly onChange: (rows: readonly Row[]) => void
}): ReactNode {
  const { rows, isTried, onChange } = props
  const all = useRef<HTMLDivElement>(null)
  const next = Math.max(0, ...rows.map(({ key }) => key + 1))
  const add = (): void => {
    flushSync(() => onChange([...rows, { key: next, draft: NEW }]))
    all.current?.querySelector<HTMLElement>('fieldset:last-of-type select')?.focus()
  }
  const takeAway = (key: number): void => {
    flushSync(() => onChange(rows.filter((row) => row.key !== key)))
    // The button that was pressed is gone, and the focus would be nowhere.
    all.current?.querySelector<HTMLElement>('[data-add]')?.focus()
  }
  return (
    <div ref={all} className="flex flex-col gap-4">
      {rows.map((row, place) => (
        <GrantRow
          key={row.key}
          draft={row.draft}
          isTried={isTried}
          onChange={(draft) => onChange(rows.with(place, { key: row.key, draft }))}
          onTakeAway={() => takeAway(row.key)}
        />
      ))}
      {rows.length === 0 ? <p>Nothing is granted to them by name.</p> : null}
      <Button data-add="" className="self-start" onClick={add}>
        Add a role
      </Button>
    </div>
  )
}

function GrantRow(props: {
  readonly draft: GrantDraft
  readonly isTried: boolean
  readonly onChange: (draft: GrantDraft) => void
  readonly onTakeAway: () => void
}): ReactNode {
  const { draft, isTried, onChange, onTakeAway } = props
  const reading = readGrant(draft)
  const called =
    reading.grant === undefined ? `${draft.role}, not readable yet` : describeGrant(reading.grant)
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 rounded-lg border border-line px-4 py-3">
      <legend className="max-w-full break-words px-1 font-medium">{called}</legend>
      <GrantFields
        draft={draft}
        hasAgent={false}
        onChange={onChange}
        {...(isTried && reading.grant === undefined ? { complaints: reading.complaints } : {})}
      />
      <Button className="self-end" aria-label={`Take away ${called}`} onClick={onTakeAway}>
        Take away
      </Button>
    </fieldset>
  )
}
