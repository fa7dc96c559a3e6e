/** Says a role and where it holds. */
import type { ReactNode } from 'react'
import type { Grant } from '../../server/wire/access.ts'
import { SelectField, TextField } from '../part/field.tsx'
import { ROLE_WORDS } from './grant-words.ts'

const ROLES: readonly Grant['role'][] = ['viewer', 'operator', 'approver', 'admin', 'agent']

/** A grant as it is typed. */
export interface GrantDraft {
  readonly role: Grant['role']
  /** Contracts, or regions of an agent, apart by commas; empty: everywhere. */
  readonly where: string
}

/** What was typed, as a grant. */
export function grantOf({ role, where }: GrantDraft): Grant {
  const names = where
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length === 0) return { role, scope: {} }
  return { role, scope: role === 'agent' ? { regions: names } : { contracts: names } }
}

/** The fields. */
export function GrantFields(props: {
  readonly draft: GrantDraft
  readonly hasAgent?: boolean
  readonly onChange: (draft: GrantDraft) => void
}): ReactNode {
  const { draft, hasAgent = true, onChange } = props
  const roles = ROLES.filter((role) => hasAgent || role !== 'agent')
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
        hint="Apart by commas; empty means everywhere."
        value={draft.where}
        onChange={(event) => onChange({ ...draft, where: event.target.value })}
      />
    </>
  )
}
