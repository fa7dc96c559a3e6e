/** Who is asking, as the server knows it: what travels, and what only the server needs to judge. */
import type { IdentityView } from '../wire/access.ts'
import type { AcceptedCertificate } from './shown-certificate.ts'

/** Who is asking. */
export interface Identity extends IdentityView {
  /**
   * Whoever could speak with this voice beside its owner: who made the token, and who made theirs.
   * Whom one of them proposed for is not a second pair of eyes.
   */
  readonly behind: readonly string[]
  /** What the provider of identities says they belong to; approvals may ask for one. */
  readonly groups: readonly string[]
  /** By what they were known. `local`: the Unix socket, which is the owner's alone. */
  readonly by: 'local' | 'token' | 'session'
  /** In a session: its key, so that it can be ended. */
  readonly sessionKey?: string
  /** The id of the token by which they are known. */
  readonly tokenId?: string
  /** Of an agent that had to show one: that which counted. */
  readonly certificate?: AcceptedCertificate
}

/** The owner of the machine's account, who may do everything. */
export function localIdentity(user: string): Identity {
  return {
    name: `local:${user}`,
    kind: 'local',
    grants: [{ role: 'admin', scope: {} }],
    behind: [],
    groups: [],
    by: 'local',
  }
}

/** What of an identity travels. */
export function viewOf({ name, kind, grants, csrfToken }: Identity): IdentityView {
  return { name, kind, grants, ...(csrfToken === undefined ? {} : { csrfToken }) }
}
