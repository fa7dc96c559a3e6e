/** Says which grants reach further than before, and asks whether they shall. */
import { type ReactNode, useId } from 'react'
import type { Grant } from '../../server/wire/access.ts'
import { describeGrant } from '../../server/wire/grant-words.ts'
import { readGrant } from './grant-draft.ts'
import { isWider } from './grant-reach.ts'
import type { Row } from './grant-rows.tsx'

/** A grant as it was, and as it would be. */
export interface Widening {
  readonly key: number
  readonly was: Grant
  readonly is: Grant
}

/** What was granted and would reach further than all that is granted; what is added is no surprise. */
export function widened(rows: readonly Row[], granted: readonly Grant[]): readonly Widening[] {
  return rows.flatMap(({ key, draft }) => {
    const { grant: is } = readGrant(draft)
    if (draft.was === undefined || is === undefined || !isWider(is, granted)) return []
    return [{ key, was: draft.was, is }]
  })
}

/** Draws it; nothing where nothing reaches further. */
export function WiderNote(props: {
  readonly wider: readonly Widening[]
  readonly isAgreed: boolean
  readonly isTried: boolean
  readonly onAgree: (isAgreed: boolean) => void
}): ReactNode {
  const { wider, isAgreed, isTried, onAgree } = props
  const id = useId()
  const isMissing = isTried && !isAgreed
  return (
    <div role="status" className="empty:-mt-4">
      {wider.length === 0 ? null : (
        <div className="flex flex-col gap-2 rounded-lg bg-warn-soft px-4 py-3">
          <p className="font-medium text-warn">This reaches further than before:</p>
          <ul className="flex list-disc flex-col gap-1 pl-4 [overflow-wrap:anywhere]">
            {wider.map(({ key, was, is }) => (
              <li key={key}>
                {describeGrant(is)}, until now {describeGrant(was)}
              </li>
            ))}
          </ul>
          <label className="flex items-center gap-2 font-medium">
            <input
              type="checkbox"
              checked={isAgreed}
              aria-invalid={isMissing}
              aria-describedby={isMissing ? id : undefined}
              onChange={({ target }) => onAgree(target.checked)}
            />
            Let them do more
          </label>
          {isMissing ? (
            <p id={id} className="text-bad text-xs">
              Expected a yes to it, or a scope as narrow as before.
            </p>
          ) : null}
        </div>
      )}
    </div>
  )
}
