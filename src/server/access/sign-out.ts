/**
 * Signing somebody out everywhere: their browsers, their command lines, and what is about to become
 * one. What they may do stays as it is; whoever can still sign in at the provider may come again.
 */
import type { SignedOut } from '../wire/access.ts'
import type { Access } from './add-access.ts'
import type { Identity } from './identity.ts'

/** Signs them out. Noted before it takes effect, also when there is nothing to end. */
export async function signOutEverywhere(
  { audit, sessions, tokens, deviceLogin }: Access,
  by: Identity,
  person: string,
): Promise<SignedOut> {
  await audit.note({
    by: by.name,
    what: 'person.signed-out',
    subject: person,
    sentence: `${by.name} signed ${person} out everywhere.`,
    details: {},
  })
  // What is about to become a login first, so that none comes of it meanwhile.
  await deviceLogin.forget(person)
  const ended = await sessions.endOf(person)
  return { sessions: ended, logins: await tokens.revokeLoginsOf(by, person) }
}
