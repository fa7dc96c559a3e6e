/**
 * Signing in by a browser. What must match when it comes back follows from one secret in a cookie of
 * that browser, so that nothing is kept for whoever never comes back, and any replica may finish it.
 */
import { Fault, isFault } from '../../core/fault/fault.ts'
import type { AccessAudit } from './audit.ts'
import type { People } from './people.ts'
import type { Provider, SignInChecks, Vouched } from './provider.ts'
import type { Refusals } from './refusals.ts'
import { derivedSecret, newSecret } from './secret.ts'
import type { Sessions } from './sessions.ts'

/** How long somebody may take at the provider. @unit ms */
export const SIGN_IN_MS = 600_000

/** A sign-in that has begun. */
export interface Begun {
  /** Where the browser goes. */
  readonly url: string
  /** What its cookie holds. */
  readonly cookie: string
}

/** A sign-in that has ended well. */
export interface SignedIn {
  readonly person: string
  /** What the cookie of the session holds. */
  readonly secret: string
  /** Where they wanted to go. */
  readonly returnTo: string
}

/** What signing in needs. */
export interface SignInParts {
  readonly provider: Provider
  readonly people: People
  readonly sessions: Sessions
  readonly audit: AccessAudit
  readonly refusals: Refusals
}

/** Signs people in. */
export class SignIn {
  readonly #parts: SignInParts

  constructor(parts: SignInParts) {
    this.#parts = parts
  }

  /** @throws sign-in-unavailable */
  async begin(redirectUri: string, returnTo: string): Promise<Begun> {
    const secret = newSecret()
    const url = await this.#parts.provider.begin(redirectUri, checksOf(secret))
    return { url, cookie: `${secret}.${Buffer.from(returnTo).toString('base64url')}` }
  }

  /**
   * Whoever came back is signed in, if anything was ever granted to them.
   *
   * @throws sign-in-refused, sign-in-unavailable
   */
  async finish(cameBackTo: URL, cookie: string | undefined): Promise<SignedIn> {
    try {
      const [secret = '', path = ''] = (cookie ?? '').split('.')
      if (secret === '') throw refused('This browser has not begun to sign in, or too long ago.')
      const vouched = await this.#parts.provider.finish(cameBackTo, checksOf(secret))
      const returnTo = ownPath(Buffer.from(path, 'base64url').toString())
      return { ...(await this.#admit(vouched)), returnTo }
    } catch (error) {
      if (isFault(error, 'sign-in-refused')) {
        const whom = error.subject === 'you' ? 'somebody' : error.subject
        await this.#parts.refusals.note('sign-in.refused', whom, error.hint)
      }
      throw error
    }
  }

  async #admit({ name, groups }: Vouched): Promise<{ person: string; secret: string }> {
    const { people, sessions, audit } = this.#parts
    const { grants } = await people.identity(name, groups)
    if (grants.length === 0) throw refused(`Nothing is granted to ${name}; ask an admin.`, name)
    const roles = [...new Set(grants.map(({ role }) => role))]
    const sentence = `${name} signed in: ${roles.join(', ')}.`
    await audit.note({
      by: name,
      what: 'sign-in.accepted',
      subject: name,
      sentence,
      details: { groups },
    })
    await people.see(name, groups)
    return { person: name, secret: await sessions.begin({ is: 'person', name }) }
  }
}

/** A path of our own pages; anything else becomes the first page, so that nobody is sent elsewhere. */
export function ownPath(wanted: string): string {
  return /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(wanted) && wanted.length <= 1_000 ? wanted : '/'
}

function checksOf(secret: string): SignInChecks {
  return {
    state: derivedSecret(secret, 'state'),
    nonce: derivedSecret(secret, 'nonce'),
    verifier: derivedSecret(secret, 'verifier'),
  }
}

function refused(hint: string, subject = 'you'): Fault {
  return new Fault({ code: 'sign-in-refused', operation: 'sign in', subject, hint })
}
