/** Credentials for a NATS of tests that trusts an operator: its JWTs, made and signed here. */
import { nkeys } from '@nats-io/transport-node'

type KeyPair = ReturnType<typeof nkeys.createUser>

/** What a server is configured with, and who may sign in to it. */
export interface MadeCredentials {
  readonly config: string
  /** Credentials that the server takes. */
  readonly good: string
  /** Credentials of an account that the server does not know. */
  readonly foreign: string
}

const UNLIMITED = { subs: -1, data: -1, payload: -1 }

/** Makes an operator with one account, and users of it and of another. */
export function makeCredentials(): MadeCredentials {
  const operator = nkeys.createOperator()
  const account = nkeys.createAccount()
  const limits = { ...UNLIMITED, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 }
  const operatorJwt = sign(operator, operator, { type: 'operator' })
  const accountJwt = sign(operator, account, { type: 'account', limits })
  return {
    config: `operator: ${operatorJwt}
resolver: MEMORY
resolver_preload: { ${account.getPublicKey()}: ${accountJwt} }`,
    good: credentialsBy(account),
    foreign: credentialsBy(nkeys.createAccount()),
  }
}

function credentialsBy(account: KeyPair): string {
  const user = nkeys.createUser()
  const jwt = sign(account, user, { type: 'user', ...UNLIMITED })
  const seed = Buffer.from(user.getSeed()).toString('latin1')
  return `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------
`
}

function sign(issuer: KeyPair, subject: KeyPair, nats: object): string {
  const claims = {
    jti: subject.getPublicKey(),
    iat: 1_700_000_000,
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: 'test',
    nats: { ...nats, version: 2 },
  }
  const signed = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode(claims)}`
  const signature = issuer.sign(Buffer.from(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}

function encode(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url')
}
