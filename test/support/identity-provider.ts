/** A real provider of identities (oidc-provider) in this process, and the people it knows. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** Somebody the provider knows, by what they type as their login. */
export interface Account {
  readonly email: string
  readonly isVerified: boolean
  readonly groups: readonly string[]
}

/** As much of oidc-provider as is used here; it ships without types. */
interface Library {
  readonly default: new (issuer: string, configuration: object) => { callback(): RequestListener }
}

/** The provider as clients must be told of it. */
export interface IdentityProvider {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

/** One that is running. */
export interface RunningProvider extends IdentityProvider {
  /** Lets go of whoever asks for a token, from now on. */
  loseTokens(): void
}

/** Starts one that knows these people, for one client that comes back to `redirectUri`. */
export async function openIdentityProvider(
  test: TestContext,
  redirectUri: string,
  accounts: Readonly<Record<string, Account>>,
): Promise<RunningProvider> {
  const name = 'oidc-provider'
  const { default: Provider } = (await import(name)) as Library
  let handle: RequestListener = (_request, response) => response.writeHead(503).end()
  const server = createServer((request, response) => handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = { clientId: 'rampart', clientSecret: 'no secret to anybody' }
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [redirectUri],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['groups'] },
    pkce: { required: () => true },
    cookies: { keys: ['some cookie key'] },
    findAccount: (_context: unknown, accountId: string) => {
      const account = accounts[accountId]
      if (account === undefined) return undefined
      const { email, isVerified: email_verified, groups } = account
      return { accountId, claims: () => ({ sub: accountId, email, email_verified, groups }) }
    },
  })
  const answer = provider.callback()
  handle = answer
  const loseTokens = (): void => {
    handle = (request, response) =>
      request.url?.startsWith('/token') === true ? response.destroy() : answer(request, response)
  }
  return { issuer, ...client, loseTokens }
}
