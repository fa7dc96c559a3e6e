/**
 * The provider of identities, by OpenID Connect: authorization code with PKCE, state and nonce, all
 * checked by openid-client. It is reached only when somebody signs in, and loaded only then.
 */
import type { Configuration } from 'openid-client'
import { Fault } from '../../core/fault/fault.ts'
import type { OidcConfig } from './access-config.ts'

/** What one attempt to sign in must come back with. */
export interface SignInChecks {
  readonly state: string
  readonly nonce: string
  /** The secret half of PKCE. */
  readonly verifier: string
}

/** Whom the provider vouches for. */
export interface Vouched {
  /** As the ledger names them: `oidc:` and a verified address, else the provider's own subject. */
  readonly name: string
  readonly groups: readonly string[]
}

type Library = typeof import('openid-client')

/** The most groups of one person that are remembered. */
const GROUPS_MAX = 500
/** @unit s */
const TIMEOUT_S = 10

/** One provider. */
export class Provider {
  readonly #config: OidcConfig
  #known: Promise<Configuration> | undefined

  constructor(config: OidcConfig) {
    this.#config = config
  }

  /**
   * Where a browser goes to sign in.
   *
   * @throws sign-in-unavailable when the provider does not answer
   */
  async begin(redirectUri: string, { state, nonce, verifier }: SignInChecks): Promise<string> {
    const library = await import('openid-client')
    const url = library.buildAuthorizationUrl(await this.#discovered(library), {
      redirect_uri: redirectUri,
      scope: this.#config.scopes,
      state,
      nonce,
      code_challenge: await library.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return url.href
  }

  /**
   * Whom a browser comes back as.
   *
   * @throws sign-in-refused when anything does not match, or the person said no
   * @throws sign-in-unavailable when the provider does not answer
   */
  async finish(cameBackTo: URL, checks: SignInChecks): Promise<Vouched> {
    const library = await import('openid-client')
    const known = await this.#discovered(library)
    try {
      const answer = await library.authorizationCodeGrant(known, cameBackTo, {
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        pkceCodeVerifier: checks.verifier,
        idTokenExpected: true,
      })
      const claims = answer.claims()
      if (claims === undefined) throw refused('The provider sent no ID token.')
      const { sub } = claims
      const more =
        known.serverMetadata().userinfo_endpoint === undefined
          ? {}
          : await library.fetchUserInfo(known, answer.access_token, sub)
      return vouched({ ...more, ...claims }, sub, this.#config.groupsClaim)
    } catch (error) {
      if (error instanceof Fault) throw error
      if (isSilence(error)) throw this.#unavailable('did not say who signed in', error)
      throw refused('The provider did not confirm who signed in.', error)
    }
  }

  /** What the provider says of itself; asked again after it could not be had. */
  async #discovered(library: Library): Promise<Configuration> {
    const { issuer, clientId, clientSecret, allowInsecure } = this.#config
    const authentication =
      clientSecret === undefined ? library.None() : library.ClientSecretBasic(clientSecret)
    const execute = allowInsecure ? [library.allowInsecureRequests] : []
    this.#known ??= library.discovery(new URL(issuer), clientId, undefined, authentication, {
      execute,
      timeout: TIMEOUT_S,
    })
    try {
      return await this.#known
    } catch (error) {
      this.#known = undefined
      throw this.#unavailable('did not say how to sign in with it', error)
    }
  }

  #unavailable(what: string, cause: unknown): Fault {
    return new Fault({
      code: 'sign-in-unavailable',
      operation: 'sign in',
      subject: this.#config.issuer,
      hint: `The provider of identities ${what}; try again in a moment.`,
      cause,
    })
  }
}

/** Whether nothing came back: what is thrown by fetch has a cause, and what is thrown by us has none. */
function isSilence(error: unknown): boolean {
  if (error instanceof TypeError) return error.cause !== undefined
  return error instanceof Error && 'code' in error && error.code === 'OAUTH_TIMEOUT'
}

/** Only an address that the provider has verified stands for a person; anybody may claim another. */
function vouched(
  claims: Readonly<Record<string, unknown>>,
  subject: string,
  groupsClaim: string,
): Vouched {
  const { email, email_verified: isVerified } = claims
  const called = typeof email === 'string' && isVerified === true ? email.toLowerCase() : subject
  const groups = claims[groupsClaim]
  const named = Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : []
  if (called === subject && subject.includes('@')) {
    throw refused('The provider has not verified the address that it names.')
  }
  if (!/^[\x21-\x7e]{1,200}$/.test(called)) throw refused('The provider names nobody readable.')
  return { name: `oidc:${called}`, groups: named.slice(0, GROUPS_MAX) }
}

function refused(hint: string, cause?: unknown): Fault {
  return new Fault({ code: 'sign-in-refused', operation: 'sign in', subject: 'you', hint, cause })
}
