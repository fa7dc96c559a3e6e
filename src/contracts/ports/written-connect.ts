/** Who may connect to whom, and how clients prove who they are, as it is written. */
import * as z from 'zod'
import { CERTIFICATE_PATTERN } from '../../core/port/certificate-name.ts'
import { nameText } from '../document/word-schemas.ts'
import { oneOrMany } from '../probes/amount.ts'
import { servicePattern, serviceText } from './written-words.ts'

/** These may connect to those. */
export interface WrittenRule {
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly ports?: readonly string[]
}

/** What a service is known by. */
export interface WrittenClient {
  readonly user?: readonly number[]
  readonly mtls?: readonly string[]
  readonly token?: readonly string[]
  readonly network?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly namespace?: string
}

const rule: z.ZodType<WrittenRule> = z.strictObject({
  from: oneOrMany(servicePattern).describe('Who connects: a service, several, or * for everybody.'),
  to: oneOrMany(servicePattern).describe('To whom; nobody else may from now on.'),
  ports: oneOrMany(nameText).exactOptional().describe('Which of their ports; by default all.'),
})

/** The schema of all rules. */
export const writtenRules: z.ZodType<readonly WrittenRule[]> = z.array(rule, {
  error: 'a list, such as [{ from: shop/web, to: shop/api }]',
})

const client: z.ZodType<WrittenClient> = z
  .strictObject({
    user: oneOrMany(z.int().min(0).max(4_294_967_294))
      .exactOptional()
      .describe('Users of the machine as whom it runs, by number.'),
    mtls: oneOrMany(
      z
        .string()
        .regex(
          CERTIFICATE_PATTERN,
          'a name of a certificate: spiffe://shop/web, web.internal, CN=web, or several: spiffe://shop/*',
        ),
    )
      .exactOptional()
      .describe('Names that its certificate has.'),
    token: oneOrMany(
      z
        .string()
        .regex(/^sha256:[0-9a-f]{64}$/, 'the digest of a token, sha256:…, never the token itself'),
    )
      .exactOptional()
      .describe('Digests of its tokens.'),
    network: oneOrMany(
      z.union([z.cidrv4(), z.cidrv6()], { error: 'a network, such as 10.1.2.0/24 or fd00::/8' }),
    )
      .exactOptional()
      .describe('Networks that are its own; for packet filters alone.'),
    labels: z
      .record(z.string().min(1).max(317), z.string().max(63))
      .refine((all) => Object.keys(all).length > 0, 'at least one label')
      .exactOptional()
      .describe('Labels of its pods in Kubernetes.'),
    namespace: nameText
      .exactOptional()
      .describe('Namespace of those pods; by default that of the target.'),
  })
  .refine(
    (written) => Object.keys(written).some((key) => key !== 'namespace'),
    'at least one of user, mtls, token, network and labels',
  )

/** The schema of all clients. */
export const writtenClients: z.ZodType<Readonly<Record<string, WrittenClient>>> = z.record(
  serviceText,
  client,
  { error: 'a mapping from each service to what it is known by' },
)
