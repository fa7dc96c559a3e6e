/** Who may do what, as it travels. */

/** What somebody may do: each role may all that the one before may. */
export type Role = 'viewer' | 'operator' | 'approver' | 'admin'

/** Where a role holds. Absent members: everywhere. */
export interface Scope {
  /** `<kind>/<name>`, with `*` for any part: `Environment/shop`, `Environment/shop-*`. */
  readonly contracts?: readonly string[]
  /** Contracts that carry all of these labels. */
  readonly labels?: Readonly<Record<string, string>>
  /** For agents: the regions they work for. */
  readonly regions?: readonly string[]
}

/** A role and where it holds. */
export interface Grant {
  readonly role: Role | 'agent'
  readonly scope: Scope
}

/** Who is asking. */
export interface IdentityView {
  /** As it stands in the ledger: `token:ci-deploy`, `oidc:anna@example.org`, `local:root`. */
  readonly name: string
  readonly kind: 'person' | 'machine' | 'agent' | 'local'
  readonly grants: readonly Grant[]
  /** To be sent back as `x-csrf-token` with every change; only in a session. */
  readonly csrfToken?: string
}

/** A token, without its secret. */
export interface TokenView {
  readonly id: string
  /** For `If-Match`: what was seen of it, its last use aside. */
  readonly etag: string
  /** What it is called in the ledger. */
  readonly name: string
  readonly grants: readonly Grant[]
  readonly createdBy: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly lastUsedAtMs?: number
  readonly revokedAtMs?: number
}

/** A token to be made. */
export interface TokenRequest {
  readonly name: string
  readonly grants: readonly Grant[]
  /** @unit ms @maximum one year */
  readonly lifetimeMs: number
}

/** A token that was made: the only time its secret is shown. */
export interface TokenReply {
  readonly token: TokenView
  readonly secret: string
}

/** Somebody who has signed in, or may. */
export interface PersonView {
  /** The subject at the provider, as `oidc:<email or subject>`. */
  readonly name: string
  /** Everything: what was granted to them by name, then what their groups and configuration give. */
  readonly grants: readonly Grant[]
  /** What was granted to them by name: what `PUT` takes the place of. */
  readonly granted: readonly Grant[]
  /** Of what is granted by name, for `If-Match`; 0: nothing was yet. */
  readonly grantsVersion: number
  readonly lastSeenAtMs?: number
}

/** What ended when somebody was signed out. */
export interface SignedOut {
  /** Sessions of browsers. */
  readonly sessions: number
  /** Logins of command lines. */
  readonly logins: number
}

/** Some people. */
export interface PeoplePage {
  readonly people: readonly PersonView[]
  readonly next?: string
}

/** Some tokens. */
export interface TokenPage {
  readonly tokens: readonly TokenView[]
  readonly next?: string
}

/** A command line that wants to be logged in. */
export interface LoginBegun {
  readonly deviceCode: string
  /** What the page that confirms it shows as well. */
  readonly userCode: string
  /** Where a person confirms it. */
  readonly url: string
  readonly expiresAtMs: number
  /** How often to ask. @unit ms */
  readonly pollMs: number
}

/** What became of it. */
export type LoginTaken = { readonly state: 'waiting' } | ({ readonly state: 'done' } & TokenReply)
