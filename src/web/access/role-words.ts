/** Roles in words. */
import type { Grant } from '../../server/wire/access.ts'

/** What a role may, in a sentence. */
export const ROLE_WORDS: Readonly<Record<Grant['role'], string>> = {
  viewer: 'Sees everything, changes nothing.',
  operator: 'Also starts, holds, resumes and aborts ramps, and applies contracts.',
  approver: 'Also approves, unless it is their own proposal.',
  admin: 'Also says who may do what.',
  agent: 'Works for the server in its regions, and sees nothing else.',
}
