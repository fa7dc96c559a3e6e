/** Codes of faults about who somebody is, and what they may do. */
import type { FaultCode } from './fault-code.ts'

export type AccessCodeName =
  | 'access-malformed'
  | 'token-exposed'
  | 'secret-missing'
  | 'unauthenticated'
  | 'forbidden'
  | 'token-unknown'
  | 'token-exists'
  | 'person-unknown'
  | 'sign-in-refused'
  | 'sign-in-unavailable'
  | 'certificate-unusable'
  | 'certificate-missing'
  | 'certificate-untrusted'
  | 'certificate-foreign'

export const ACCESS_CODES: Readonly<Record<AccessCodeName, FaultCode>> = {
  'access-malformed': {
    meaning: 'The file that says who may come in cannot be read.',
    remedy: 'Correct what the message names; docs/guides/access.md shows such a file.',
    httpStatus: 500,
    exitCode: 2,
    retryable: false,
  },
  'token-exposed': {
    meaning: 'A token would be sent where everybody between could read it.',
    remedy: 'Use a URL that begins with https, or a server on this machine.',
    httpStatus: 400,
    exitCode: 2,
    retryable: false,
  },
  'secret-missing': {
    meaning: 'A secret was to be read, and there was none.',
    remedy: 'Pipe it in: `rampart login --server URL --token < FILE`.',
    httpStatus: 400,
    exitCode: 2,
    retryable: false,
  },
  unauthenticated: {
    meaning: 'Nobody is known by what was sent, or it has expired or was revoked.',
    remedy: 'Sign in: `rampart login --server URL`; a machine needs a token of its own.',
    httpStatus: 401,
    exitCode: 1,
    retryable: false,
  },
  forbidden: {
    meaning: 'Whoever asked may not do that.',
    remedy: 'Ask somebody who may, or an admin for a role that holds there.',
    httpStatus: 403,
    exitCode: 3,
    retryable: false,
  },
  'token-unknown': {
    meaning: 'There is no token of that id.',
    remedy: 'Run `rampart token list` to see the tokens there are.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'token-exists': {
    meaning: 'A token of that name is in use.',
    remedy: 'Revoke it first with `rampart token revoke`, or choose another name.',
    httpStatus: 409,
    exitCode: 2,
    retryable: false,
  },
  'person-unknown': {
    meaning: 'Nobody of that name has signed in or was granted anything.',
    remedy: 'Check the name; it is written as the ledger has it, like oidc:anna@example.org.',
    httpStatus: 404,
    exitCode: 2,
    retryable: false,
  },
  'sign-in-refused': {
    meaning: 'Signing in did not work out.',
    remedy: 'Begin again; if it happens twice, the message tells an admin what to look at.',
    httpStatus: 403,
    exitCode: 1,
    retryable: false,
  },
  'sign-in-unavailable': {
    meaning: 'People cannot sign in here, or the provider of identities does not answer.',
    remedy: 'Configure `oidc` in the file given by --access, or use a token.',
    httpStatus: 503,
    exitCode: 1,
    retryable: true,
  },
  'certificate-unusable': {
    meaning: 'A file of certificates or a key cannot be used.',
    remedy:
      'Put the file that the message names in order; `openssl x509 -noout -text -in FILE` shows it.',
    httpStatus: 422,
    exitCode: 2,
    retryable: false,
  },
  'certificate-missing': {
    meaning:
      'The server lets agents in only by a certificate beside their token, and none was shown.',
    remedy: 'Give the agent its certificate: `rampart agent --certificate FILE --key FILE`.',
    httpStatus: 403,
    exitCode: 1,
    retryable: false,
  },
  'certificate-untrusted': {
    meaning:
      'The certificate that an agent has shown does not count: by its dates, or by who signed it.',
    remedy:
      'Renew it at an authority that the server names by --client-ca; the agent reads it anew.',
    httpStatus: 403,
    exitCode: 1,
    retryable: false,
  },
  'certificate-foreign': {
    meaning: 'The certificate that an agent has shown is not for the region of its token.',
    remedy: 'Use a certificate with the name spiffe://DOMAIN/rampart/agent/REGION of that region.',
    httpStatus: 403,
    exitCode: 1,
    retryable: false,
  },
}
