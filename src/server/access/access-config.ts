/** What an admin configures of access, as it is written in the file that `--access` names. */
import { z } from 'zod'
import type { Grant } from '../wire/access.ts'
import { GRANTS } from './grants.ts'

/** The provider of identities that people sign in with. */
export interface OidcConfig {
  /** Its issuer, as its own documents name it. */
  readonly issuer: string
  readonly clientId: string
  /** Absent: a public client, which PKCE alone protects. */
  readonly clientSecret?: string | undefined
  /** @default openid email profile */
  readonly scopes: string
  /** The claim of the ID token that lists groups. @default groups */
  readonly groupsClaim: string
  /** Whether it may be reached without TLS; only for trials. @default false */
  readonly allowInsecure: boolean
}

/** Who may come in, and as whom. */
export interface AccessConfig {
  /** How browsers reach the server; needed behind a proxy that changes it. */
  readonly publicUrl?: string | undefined
  /** Absent: nobody signs in by a browser. */
  readonly oidc?: OidcConfig | undefined
  /** Grants by the group that the provider names. */
  readonly groups: Readonly<Record<string, readonly Grant[]>>
  /** Grants by the name of a person: `oidc:anna@example.org`. */
  readonly people: Readonly<Record<string, readonly Grant[]>>
  /** Agents must show a certificate beside their token; said by `--client-ca`, not by the file. */
  readonly areAgentsCertified?: boolean | undefined
}

const text = z.string().min(1).max(2_000)

/** What is wrong with it is told without it. */
const SECRET = z.custom<string>(isText, {
  params: { message: 'expected a text in quotes; what is there is not shown' },
})

const OIDC: z.ZodType<OidcConfig> = z.strictObject({
  issuer: z.url('a URL, for example https://login.example.org'),
  clientId: text,
  clientSecret: SECRET.exactOptional(),
  scopes: text.default('openid email profile'),
  groupsClaim: text.default('groups'),
  allowInsecure: z.boolean().default(false),
})

/** As it is written. */
export const ACCESS_CONFIG: z.ZodType<AccessConfig> = z.strictObject({
  publicUrl: z
    .url({ protocol: /^https?$/, error: 'a URL, for example https://rampart.example.org' })
    .exactOptional(),
  oidc: OIDC.exactOptional(),
  groups: z.record(text, GRANTS).default({}),
  people: z.record(text, GRANTS).default({}),
})

/** Nobody but the owner of the machine, and whom they give tokens to. */
export const CLOSED: AccessConfig = { groups: {}, people: {} }

function isText(value: unknown): boolean {
  return text.safeParse(value).success
}
