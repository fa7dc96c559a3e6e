/** Says a role and where it holds. */
import type { ReactNode } from 'react'
import type { Grant } from '../../server/wire/access.ts'
import { SelectField, TextField } from '../part/field.tsx'
import type { GrantDraft } from './grant-draft.ts'
import { ROLE_WORDS } from './role-words.ts'

const ROLES: readonly Grant['role'][] = ['viewer', 'operator', 'approver', 'admin', 'agent']

/** The fields. */
export function GrantFields(props: {
  readonly draft: GrantDraft
  readonly hasAgent?: boolean
  readonly onChange: (draft: GrantDraft) => void
}): ReactNode {
  const { draft, hasAgent = true, onChange } = props
  const roles = ROLES.filter((role) => hasAgent || role !== 'agent')
  const labels = Object.entries(draft.labels ?? {})
  return (
    <>
      <SelectField
        label="Role"
        value={draft.role}
        options={roles.map((role) => ({ value: role, text: role }))}
        onChange={(event) => onChange({ ...draft, role: event.target.value as Grant['role'] })}
      />
      <p className="-mt-2 text-muted text-xs">{ROLE_WORDS[draft.role]}</p>
      <TextField
        label={draft.role === 'agent' ? 'Regions' : 'Contracts'}
        placeholder={draft.role === 'agent' ? 'eu, us' : 'Environment/shop, Environment/shop-*'}
        hint={`Apart by commas; empty means ${labels.length > 0 ? 'all with these labels' : 'everywhere'}.`}
        value={draft.where}
        onChange={(event) => onChange({ ...draft, where: event.target.value })}
      />
      {labels.length === 0 ? null : (
        <p className="text-xs">
          Only for contracts with{' '}
          <strong>{labels.map(([name, value]) => `${name}=${value}`).join(' ')}</strong>, which
          stays.
        </p>
      )}
    </>
  )
}
