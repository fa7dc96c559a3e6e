/** Says a role and where it holds. */
import { type ReactNode, useId } from 'react'
import type { Grant } from '../../server/wire/access.ts'
import { SelectField, TextField } from '../part/field.tsx'
import type { GrantComplaints, GrantDraft } from './grant-draft.ts'
import { ROLE_WORDS } from './role-words.ts'

const ROLES: readonly Grant['role'][] = ['viewer', 'operator', 'approver', 'admin', 'agent']

/** The fields. */
export function GrantFields(props: {
  readonly draft: GrantDraft
  readonly hasAgent?: boolean
  /** What was expected of each field; of none before somebody wanted to grant it. */
  readonly complaints?: GrantComplaints
  readonly onChange: (draft: GrantDraft) => void
}): ReactNode {
  const { draft, hasAgent = true, complaints = {}, onChange } = props
  const words = useId()
  const roles = ROLES.filter((role) => hasAgent || role !== 'agent')
  const isAgent = draft.role === 'agent'
  const hasLabels = draft.labels.trim() !== ''
  const isSomewhere = draft.where.trim() !== ''
  return (
    <>
      <SelectField
        label="Role"
        value={draft.role}
        options={roles.map((role) => ({ value: role, text: role }))}
        aria-describedby={words}
        onChange={(event) => onChange({ ...draft, role: event.target.value as Grant['role'] })}
      />
      <p id={words} className="-mt-2 text-muted text-xs">
        {ROLE_WORDS[draft.role]}
      </p>
      <TextField
        label={isAgent ? 'Regions' : 'Contracts'}
        placeholder={isAgent ? 'eu, us' : 'Environment/shop, Environment/shop-*'}
        hint={`Apart by commas; empty means ${hasLabels && !isAgent ? 'all with these labels' : 'everywhere'}.`}
        complaint={complaints.where}
        autoComplete="off"
        spellCheck={false}
        value={draft.where}
        onChange={(event) => onChange({ ...draft, where: event.target.value })}
      />
      {isAgent ? null : (
        <TextField
          label="Labels"
          placeholder="team=payments, tier=1"
          hint={`Only contracts that carry all of them; empty means ${isSomewhere ? 'all of these contracts' : 'everywhere'}.`}
          complaint={complaints.labels}
          autoComplete="off"
          spellCheck={false}
          value={draft.labels}
          onChange={(event) => onChange({ ...draft, labels: event.target.value })}
        />
      )}
    </>
  )
}
